import type { ByteSource } from '@skyloom/base'
import { type FileSourceOptions, fileSource } from '@skyloom/base/node'
import type { FitsFile } from '../hdu/fits-file.ts'
import { type OpenFitsOptions, openFits } from '../hdu/open-fits.ts'
import { nodeGunzip } from './gunzip.ts'
import { nodeInflateTile } from './inflate-tile.ts'

/** How a file of this machine is opened. */
export interface OpenFitsFileOptions extends OpenFitsOptions, FileSourceOptions {}

/**
 * Opens a FITS file of this machine, gzip or not. Otherwise as `openFits`.
 *
 * @throws BaseError `BASE_READ_FAILED` when the file cannot be opened
 */
export async function openFitsFile(path: string, options: OpenFitsFileOptions = {}): Promise<FitsFile> {
  return await openFitsSource(await fileSource(path, options), options)
}

/** Opens a FITS file from its bytes, gzip or not, with the decompression of Node. Otherwise as `openFits`. */
export async function openFitsSource(source: ByteSource, options: OpenFitsOptions = {}): Promise<FitsFile> {
  return await openFits(source, { gunzip: nodeGunzip, inflateTile: nodeInflateTile, ...options })
}
