import { open } from 'node:fs/promises'
import type { ByteSink, ByteSource } from '@skyloom/base'
import { atomicFile, fileSource } from '@skyloom/base/node'
import { FitsError } from '../errors.ts'
import { editedHeader } from '../hdu/edited-header.ts'
import type { HduSelector } from '../hdu/fits-file.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { openFits } from '../hdu/open-fits.ts'
import type { Header } from '../header/header.ts'

/** Which header of a file is edited, and how it is saved. */
export interface EditHeaderOptions {
  /** Default: the primary. */
  readonly hdu?: HduSelector
  /** Write a new file even when the header fits into its place; safe against a crash at the cost of copying the data. */
  readonly rewrite?: boolean
}

/** How an edited header was saved. */
export interface EditHeaderResult {
  /** The file was written anew; otherwise only the blocks of the header were. */
  readonly isRewritten: boolean
}

const PIECE_BYTES = 4 * 1024 * 1024

/**
 * Changes cards of a file of this machine. A header that still takes the same blocks is written in place, otherwise a new file
 * takes the place of the old one at once. Cards that `edit` does not touch keep their bytes; CHECKSUM and DATASUM are updated.
 *
 * @throws FitsError `FITS_BAD_VALUE` when the edit would change the data; packed files are refused (`FITS_FOREIGN_COMPRESSION`)
 */
export async function editHeader(
  path: string,
  edit: (header: Header) => void,
  options: EditHeaderOptions = {},
): Promise<EditHeaderResult> {
  const source = await fileSource(path)
  await using file = await openFits(source)
  if (file.source !== source) {
    throw new FitsError(
      'FITS_FOREIGN_COMPRESSION',
      { file: path },
      'a header within a packed file cannot be edited',
      {
        remedy: 'unpack the file first',
      },
    )
  }
  const hdu = await file.hdu(options.hdu ?? 0)
  const { bytes, hasSameLength } = await editedHeader(hdu, edit)
  if (hasSameLength && options.rewrite !== true) {
    await writeInPlace(path, bytes, hdu.headerOffset)
    return { isRewritten: false }
  }
  await rewrite(path, source, hdu, bytes)
  return { isRewritten: true }
}

async function writeInPlace(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    let count = 0
    while (count < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, count, bytes.length - count, offset + count)
      count += bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function rewrite(path: string, source: ByteSource, hdu: Hdu, header: Uint8Array): Promise<void> {
  const sink = await atomicFile(path, { overwrite: true })
  try {
    await copyBytes(source, 0, hdu.headerOffset, sink)
    await sink.write(header)
    await copyBytes(source, hdu.dataOffset, source.sizeBytes, sink)
    await sink.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function copyBytes(source: ByteSource, start: number, end: number, sink: ByteSink): Promise<void> {
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, Math.max(0, end - start)))
  for (let offset = start; offset < end; ) {
    const count = await source.readInto(buffer.subarray(0, Math.min(buffer.length, end - offset)), offset)
    if (count === 0) break
    await sink.write(buffer.subarray(0, count))
    offset += count
  }
}
