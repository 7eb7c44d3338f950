import { readFile } from 'node:fs/promises'
import { MosaicError } from '../../errors.ts'
import { type Font, readTrueType } from '../../view/font/truetype.ts'

/** The font that comes with the package: the Latin and Greek letters of DejaVu Sans (licence: `fonts/LICENSE.txt`). */
export const BUNDLED_FONT: string = 'DejaVuSans-subset.ttf'

/**
 * Reads a TrueType font.
 *
 * @param path default: the font that comes with the package
 * @throws MosaicError `MOSAIC_BAD_FONT`
 */
export async function readFont(path?: string): Promise<Font> {
  const place = path ?? new URL(`../../../fonts/${BUNDLED_FONT}`, import.meta.url)
  const bytes = await readFile(place).catch((cause: unknown) => {
    throw new MosaicError('MOSAIC_BAD_FONT', 'the font file cannot be read', {
      where: [String(place)],
      remedy: 'check the path of the font',
      cause,
    })
  })
  return readTrueType(bytes, path ?? BUNDLED_FONT)
}
