import { access, constants, mkdir, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { MosaicError } from '../errors.ts'

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
 * Makes the folder ready for products: present, writable, and empty but for hidden remains of interrupted runs, which are removed.
 *
 * @param overwrite allows the products of an earlier run to be there; they are replaced one by one when the new ones are ready
 * @throws MosaicError `MOSAIC_OUT_NOT_EMPTY`, `MOSAIC_OUT_UNUSABLE`
 */
export async function prepareOutFolder(folder: string, overwrite: boolean): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unusable(folder, cause)
  })
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unusable(folder, cause)
  })
  const remains = names.filter((name) => name.startsWith('.') && name.includes(PARTIAL_MARK))
  const found = names.filter((name) => !remains.includes(name))
  if (found.length > 0 && !overwrite) {
    throw new MosaicError('MOSAIC_OUT_NOT_EMPTY', 'the output folder is not empty', {
      where: [folder],
      found: `${found.slice(0, 3).join(', ')}${found.length > 3 ? ` and ${found.length - 3} more` : ''}`,
      remedy: 'choose another --out, or allow --overwrite to replace the products in it',
    })
  }
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw unusable(folder, cause)
  })
  for (const name of remains) await rm(join(folder, name), { force: true, recursive: true })
}

/** Bytes that are free where the folder is; undefined when the system does not tell. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const stat = await statfs(folder).catch(() => undefined)
  return stat === undefined ? undefined : stat.bavail * stat.bsize
}

function unusable(folder: string, cause: unknown): MosaicError {
  return new MosaicError('MOSAIC_OUT_UNUSABLE', 'the output folder cannot be used', {
    where: [folder],
    found: cause instanceof Error ? cause.message : String(cause),
    remedy: 'choose a folder that you may write to',
    cause,
  })
}
