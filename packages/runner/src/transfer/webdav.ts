import { open } from 'node:fs/promises'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import { type RetryOptions, withRetries } from './retry.ts'
import { bytesOf, isTemporaryAnswer, putBytes } from './send-bytes.ts'

/** A request that changes nothing there is given up after so long. */
const ANSWER_MS = 60_000
/** Created, or there already: RFC 4918, section 9.3.1. */
const FOLDER_IS_THERE: ReadonlySet<number> = new Set([200, 201, 204, 301, 405])
/** Gone now, or before. */
const IS_GONE: ReadonlySet<number> = new Set([200, 202, 204, 404, 410])

/**
 * Sends a file by PUT, which replaces what is there as a whole (RFC 9110, section 9.3.4). Folders above it are made when the server
 * says that they are missing. The size that the server tells afterwards must be right; else what is there is removed.
 *
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED`
 */
export async function putHttpFile(
  path: string,
  url: string,
  signal: AbortSignal,
  retry: RetryOptions,
): Promise<void> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const put = async (): Promise<number> => {
      const headers = { 'content-length': size, 'content-type': 'application/octet-stream' }
      return (await putBytes(url, headers, bytesOf(handle, 0, size), signal)).status
    }
    const send = async (): Promise<number> => {
      const first = await put()
      // Conflict: a folder above it is missing (RFC 4918, section 9.7.1); of others nginx says 500.
      if (first !== 409 && first !== 404 && first !== 500) return first
      const made = await makeFolder(new URL('.', url), signal)
      return FOLDER_IS_THERE.has(made) ? await put() : first
    }
    const status = await tried(url, 'sent', signal, retry, async () => successful(await send()))
    const there = await sizeAt(url, signal)
    // Without a size the status alone tells: created, or replaced.
    if (there === size || (there === undefined && (status === 201 || status === 204))) return
    const fault = asTransferError(
      url,
      new Error(`the server has ${there ?? 'an unknown number of'} bytes of ${size}, status ${status}`),
      'sent',
    )
    if (there !== undefined && (status === 201 || status === 204)) await removeHttp(url, signal, retry)
    throw fault
  } finally {
    await handle.close()
  }
}

/** Makes a folder with all above it (MKCOL). @throws {RunnerError} `RUNNER_TRANSFER_FAILED` */
export async function makeHttpFolder(url: string, signal: AbortSignal, retry: RetryOptions): Promise<void> {
  const folder = new URL(`${url.replace(/\/+$/, '')}/`)
  await tried(url, 'made', signal, retry, async () => {
    const status = await makeFolder(folder, signal)
    if (!FOLDER_IS_THERE.has(status)) throw new AnswerFault(status)
  })
}

/** Removes a file, or a folder with all in it (DELETE); what is not there is no fault. @throws {RunnerError} `RUNNER_TRANSFER_FAILED` */
export async function removeHttp(url: string, signal: AbortSignal, retry: RetryOptions): Promise<void> {
  await tried(url, 'removed', signal, retry, async () => {
    const status = await ask('DELETE', url, signal)
    if (!IS_GONE.has(status)) throw new AnswerFault(status)
  })
}

/** Status of the last folder: what may not be made above may be there all the same. */
async function makeFolder(folder: URL, signal: AbortSignal): Promise<number> {
  const parts = folder.pathname.split('/').filter((part) => part !== '')
  let status = 201
  for (let count = 1; count <= parts.length; count++) {
    const place = new URL(folder)
    place.pathname = `/${parts.slice(0, count).join('/')}/`
    status = await ask('MKCOL', place.href, signal)
  }
  return status
}

/** Bytes that the server says it has. */
async function sizeAt(url: string, signal: AbortSignal): Promise<number | undefined> {
  const answer = await fetch(url, {
    method: 'HEAD',
    headers: { 'accept-encoding': 'identity' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  })
  const length = answer.headers.get('content-length')
  return answer.ok && length !== null ? Number(length) : undefined
}

async function ask(method: 'MKCOL' | 'DELETE', url: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(url, {
    method,
    // All that is below: RFC 4918, section 9.6.1.
    ...(method === 'DELETE' ? { headers: { depth: 'infinity' } } : {}),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  })
  await answer.body?.cancel()
  return answer.status
}

function successful(status: number): number {
  if (status >= 200 && status < 300) return status
  throw new AnswerFault(status)
}

/** An answer that is no success. */
class AnswerFault extends Error {
  readonly status: number

  constructor(status: number) {
    super(`HTTP status ${status}`)
    this.status = status
  }
}

async function tried<Result>(
  url: string,
  what: string,
  signal: AbortSignal,
  retry: RetryOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await withRetries(work, isTemporaryAnswer, signal, retry)
  } catch (error) {
    signal.throwIfAborted()
    throw asTransferError(url, error, what)
  }
}

function asTransferError(url: string, error: unknown, what: string): RunnerError {
  const reason = error instanceof Error ? error.message : String(error)
  const below = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const remedy = error instanceof AnswerFault ? REMEDIES.get(error.status) : undefined
  return new RunnerError('RUNNER_TRANSFER_FAILED', `it could not be ${what}`, {
    where: [publicUrl(url)],
    found: `${reason}${below}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause: error,
  })
}

const REMEDIES: ReadonlyMap<number, string> = new Map([
  [401, 'the server asks who you are: use a place that takes files from you, or a command for the scheme'],
  [403, 'the server does not let you write there'],
  [405, 'the server takes no files: its owner must allow PUT, MKCOL and DELETE'],
  [501, 'the server takes no files: its owner must allow PUT, MKCOL and DELETE'],
  [507, 'make room on the server'],
])
