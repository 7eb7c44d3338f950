import { access, constants, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { EXTRA_PLANES } from '../add/combine.ts'
import { MosaicError } from '../errors.ts'
import { extraName } from '../product/extra-name.ts'

/** Names of everything that a mosaic leaves in its folder. */
export const PRODUCT_NAMES = [
  'mosaic.fits',
  'mosaic_area.fits',
  'mosaic.png',
  'template.hdr',
  'images.tbl',
  'diffs.tbl',
  'fits.tbl',
  'corrections.tbl',
  'report.html',
] as const

/**
 * Checks that a folder can take products: it is not there yet, or empty but for hidden remains of interrupted runs.
 *
 * @param overwrite allows other content: products of an earlier run are replaced one by one when the new ones are ready
 * @param isBegunAgain allows products of an interrupted run
 * @throws MosaicError `MOSAIC_OUT_NOT_EMPTY`, `MOSAIC_OUT_UNUSABLE`
 */
export async function checkOutFolder(
  folder: string,
  overwrite: boolean,
  isBegunAgain = false,
): Promise<void> {
  const names = await namesIn(folder)
  const own = new Set<string>(isBegunAgain ? [...PRODUCT_NAMES, ...EXTRA_PLANES.map(extraName)] : [])
  const found = names.filter((name) => !isRemain(name) && !own.has(name))
  if (found.length > 0 && !overwrite) {
    throw new MosaicError('MOSAIC_OUT_NOT_EMPTY', 'the output folder is not empty', {
      where: [folder],
      found: `${found.slice(0, 3).join(', ')}${found.length > 3 ? ` and ${found.length - 3} more` : ''}`,
      remedy: 'choose another --out, or allow --overwrite to replace the products in it',
    })
  }
}

/**
 * Makes the folder if it is missing and removes what interrupted runs left in it.
 *
 * @throws MosaicError `MOSAIC_OUT_UNUSABLE`
 */
export async function makeOutFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    for (const name of await namesIn(folder))
      if (isRemain(name)) await rm(join(folder, name), { force: true })
  } catch (cause) {
    throw unusableFolder(folder, cause)
  }
}

function isRemain(name: string): boolean {
  return name.startsWith('.') && name.includes(PARTIAL_MARK)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw unusableFolder(folder, cause)
  })
}

/** The error of a folder for products that cannot be read or written. */
export function unusableFolder(folder: string, cause: unknown): MosaicError {
  return new MosaicError('MOSAIC_OUT_UNUSABLE', 'the output folder cannot be used', {
    where: [folder],
    found: cause instanceof Error ? cause.message : String(cause),
    remedy: 'choose a folder that you may write to',
    cause,
  })
}
