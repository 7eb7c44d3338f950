import type { Header } from '@skyloom/fits'
import { type CombineOptions, combinePlanes, type PlacedPlane } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { outputBase } from '../image/area-name.ts'
import { float64Cards } from '../image/open-image.ts'
import { writeStrips } from '../image/write-strips.ts'
import { type MosaicSource, type SourceReader, sourceReader } from './mosaic-source.ts'

/** The mosaic that is written. */
export interface MosaicOutput {
  /** With or without one of the endings of FITS files. */
  readonly path: string
  readonly cards: Header
  readonly width: number
  readonly height: number
}

/** Bytes of pixels, those of the images and of the mosaic, that are in memory at a time: 256 MB. */
const STRIP_BYTES = 256e6
/** Bytes of a pixel with its area, its weight and its mask. */
const PIXEL_BYTES = 32
/** More files are not kept open from strip to strip: the usual limit is 1024 files, of which a source has up to four. */
const MAX_OPEN_SOURCES = 200

/**
 * Adds images on one grid and writes the mosaic with its area image, strip by strip: memory grows neither with the height of the mosaic
 * nor with the number of images. Images enter a pixel in the order of their first rows, equal ones in the order given.
 *
 * @param hasNoAreas area images are neither read nor written
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function writeMosaic(
  place: Place,
  sources: readonly MosaicSource[],
  output: MosaicOutput,
  combine: CombineOptions,
  hasNoAreas: boolean,
): Promise<void> {
  const base = outputBase(output.path)
  const paths = hasNoAreas ? [`${base}.fits`] : [`${base}.fits`, `${base}_area.fits`]
  const options = { hasNoAreas, usesWeights: combine.method === 'mean' || combine.method === 'clip' }
  const readers = sources
    .slice()
    .sort((a, b) => a.row - b.row)
    .map((source) => sourceReader(source, options, place))
  const stripRows = rowsOfStrip(sources, output, Math.min(STRIP_BYTES, place.memoryBytes ?? Infinity))
  try {
    const make = async (row: number, height: number): Promise<readonly Float64Array[]> => {
      const parts: PlacedPlane[] = []
      for (const reader of readers) {
        const part = await reader.read(row, height, output.width)
        if (part !== undefined) parts.push(part)
        if (isDone(reader, row + height) || countOpen(readers) > MAX_OPEN_SOURCES) await reader.close()
      }
      const { image, area } = combinePlanes(parts, { width: output.width, height }, combine)
      return hasNoAreas ? [image.data] : [image.data, area.data]
    }
    await writeStrips(place, paths, float64Cards(output.cards), output, stripRows, make)
  } finally {
    for (const reader of readers) await reader.close()
  }
}

function isDone({ source }: SourceReader, row: number): boolean {
  return source.row + source.height <= row
}

function countOpen(readers: readonly SourceReader[]): number {
  return readers.reduce((count, reader) => count + (reader.isOpen() ? 1 : 0), 0)
}

/** As many rows as fit into memory where most images lie over each other. */
function rowsOfStrip(
  sources: readonly MosaicSource[],
  { width, height }: { readonly width: number; readonly height: number },
  stripBytes: number,
): number {
  const changes = new Float64Array(height + 1)
  for (const source of sources) {
    const first = Math.min(height, Math.max(0, source.row))
    const end = Math.min(height, Math.max(0, source.row + source.height))
    changes[first]! += source.width
    changes[end]! -= source.width
  }
  let [pixels, most] = [0, 0]
  for (const change of changes) {
    pixels += change
    most = Math.max(most, pixels)
  }
  return Math.max(1, Math.floor(stripBytes / (PIXEL_BYTES * (most + width))))
}
