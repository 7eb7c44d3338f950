import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import {
  access,
  constants,
  copyFile,
  type FileHandle,
  open,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { isSkyloomError } from '@skyloom/base'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { checkDataInFile } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { checkAnswer, HEAD_BYTES, kindOfAnswer } from '../../archive/check-answer.ts'
import { unpackBzip2 } from '../../archive/unpack-bzip2.ts'
import { MosaicError } from '../../errors.ts'
import { bodyParts, failed, type HttpOptions, httpGet, PassingFault, withRetries } from './http-get.ts'

/** Larger packed images are refused: 16 GiB when unpacked. */
const MAX_UNPACKED_BYTES = 2 ** 34
/** bzip2 is unpacked in memory. */
const MAX_BZIP2_BYTES = 2 ** 31

/**
 * Gets a file from an archive: over http or https, or from this machine by a `file:` address or a path. Broken transfers go on where
 * they stopped; what was packed with gzip or bzip2 is unpacked unless the name keeps the ending. The file appears under its name only
 * when it is complete: as long as promised, of the kind that its name says, and FITS files as long as their headers say.
 *
 * @param reference address or path
 * @param path      where it is kept; a file of that name is replaced
 * @returns its size
 * @throws MosaicError `MOSAIC_ARCHIVE_FAILED`, `MOSAIC_BAD_ANSWER` (also for FITS files that are cut), `MOSAIC_OUT_UNUSABLE`
 */
export async function fetchFile(
  reference: string,
  path: string,
  options: HttpOptions = {},
): Promise<{ readonly sizeBytes: number }> {
  const mark = `${PARTIAL_MARK}${randomBytes(6).toString('hex')}`
  const partial = join(dirname(path), `.${basename(path).slice(0, 200)}${mark}`)
  const unpacked = `${partial}.unpacked`
  try {
    if (/^https?:\/\//i.test(reference)) await download(reference, partial, options)
    else await copy(reference, partial)
    const file = (await unpack(partial, unpacked, path, reference)) ? unpacked : partial
    await checkFile(file, path, reference)
    const handle = await open(file, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(file, path)
    return { sizeBytes: (await stat(path)).size }
  } finally {
    // What cannot be removed was never made; the reason is told by what failed before.
    for (const file of [partial, unpacked]) await rm(file, { force: true }).catch(() => undefined)
  }
}

async function copy(reference: string, partial: string): Promise<void> {
  const source = reference.startsWith('file:') ? fileURLToPath(reference) : reference
  // The dot tells a folder from a file.
  await access(`${dirname(partial)}/.`, constants.W_OK).catch((cause: unknown) => {
    throw unwritable(dirname(partial), cause)
  })
  await copyFile(source, partial).catch((cause: unknown) => {
    throw failed(reference, cause instanceof Error ? cause.message : String(cause), cause)
  })
}

function unwritable(folder: string, cause: unknown): MosaicError {
  return new MosaicError('MOSAIC_OUT_UNUSABLE', 'no file can be written in the folder', {
    where: [folder],
    cause,
  })
}

/** State of a transfer that is kept from one try to the next. */
interface Transfer {
  readonly url: string
  readonly file: FileHandle
  offset: number
  /** Whole size, when an answer told. */
  sizeBytes: number | undefined
  /** Tag or time of the version of which `offset` bytes are here. */
  version: string | undefined
}

async function download(url: string, partial: string, options: HttpOptions): Promise<void> {
  const file = await open(partial, 'wx').catch((cause: unknown) => {
    throw unwritable(dirname(partial), cause)
  })
  try {
    const transfer: Transfer = { url, file, offset: 0, sizeBytes: undefined, version: undefined }
    await withRetries(url, options, async () => {
      await transferOnce(transfer, options)
    })
  } finally {
    await file.close()
  }
}

async function transferOnce(transfer: Transfer, options: HttpOptions): Promise<void> {
  const { url, file } = transfer
  const canResume = transfer.offset > 0 && transfer.version !== undefined
  if (!canResume) await restart(transfer)
  const headers = canResume ? { Range: `bytes=${transfer.offset}-`, 'If-Range': transfer.version ?? '' } : {}
  const { status, headers: told, body } = await httpGet(url, headers, options)
  if (status === 416) {
    body.destroy()
    await restart(transfer)
    throw new PassingFault('HTTP 416')
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(told['content-range'] ?? '')
  if (status === 206 && Number(range?.[1]) !== transfer.offset) {
    body.destroy()
    await restart(transfer)
    throw new PassingFault(`another part than asked for: ${told['content-range'] ?? ''}`)
  }
  if (status === 200) {
    await restart(transfer)
    transfer.sizeBytes = told['content-length'] === undefined ? undefined : Number(told['content-length'])
    // A weak tag says nothing about single bytes.
    const tag = told.etag?.startsWith('W/') === true ? undefined : told.etag
    transfer.version = tag ?? told['last-modified']
  }
  for await (const part of bodyParts(body)) {
    await file.write(part, 0, part.length, transfer.offset)
    transfer.offset += part.length
  }
  const { sizeBytes, offset } = transfer
  if (sizeBytes !== undefined && offset !== sizeBytes)
    throw new PassingFault(`${offset} of ${sizeBytes} bytes`)
}

async function restart(transfer: Transfer): Promise<void> {
  await transfer.file.truncate(0)
  transfer.offset = 0
  transfer.version = undefined
}

/** Unpacks what the name does not promise to be packed; false when there was nothing to do. */
async function unpack(partial: string, unpacked: string, path: string, reference: string): Promise<boolean> {
  const kind = kindOfAnswer(await readHead(partial))
  if (kind === 'gzip' && !/\.t?gz$/i.test(path)) {
    let size = 0
    const limited = async function* (parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const part of parts) {
        size += part.length
        if (size > MAX_UNPACKED_BYTES) throw badPack(reference, `more than ${MAX_UNPACKED_BYTES} bytes`)
        yield part
      }
    }
    await pipeline(createReadStream(partial), createGunzip(), limited, createWriteStream(unpacked)).catch(
      (cause: unknown) => {
        if (cause instanceof MosaicError) throw cause
        throw badPack(reference, cause instanceof Error ? cause.message : String(cause), cause)
      },
    )
    return true
  }
  if (kind === 'bzip2' && !/\.bz2$/i.test(path)) {
    const handle = await open(unpacked, 'wx')
    try {
      await handle.writeFile(unpackBzip2(await readFile(partial), reference, MAX_BZIP2_BYTES))
    } finally {
      await handle.close()
    }
    return true
  }
  return false
}

function badPack(reference: string, found: string, cause?: unknown): MosaicError {
  return new MosaicError('MOSAIC_BAD_ANSWER', 'gzip data cannot be unpacked', {
    where: [reference],
    found,
    remedy: 'fetch the file again',
    ...(cause === undefined ? {} : { cause }),
  })
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function checkFile(file: string, path: string, reference: string): Promise<void> {
  const head = await readHead(file)
  const kind = kindOfAnswer(head)
  if (kind !== 'gzip' && kind !== 'bzip2') checkAnswer(head, basename(path), reference)
  if (kind !== 'fits' && !(kind === 'gzip' && /\.(?:fits?|fts)\.gz$/i.test(path))) return
  try {
    await using fits = await openFitsFile(file)
    for await (const hdu of fits.hdus()) checkDataInFile(hdu)
  } catch (cause) {
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the FITS file is cut or damaged', {
      where: [reference],
      found: isSkyloomError(cause) ? `${cause.problem} [${cause.code}]` : String(cause),
      remedy: 'fetch the file again',
      cause,
    })
  }
}
