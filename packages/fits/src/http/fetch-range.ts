import { throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'

/** What every request of one file shares. */
export interface FetchSettings {
  readonly url: string
  /** The address as messages may show it. */
  readonly name: string
  readonly fetch: typeof globalThis.fetch
  readonly headers: Readonly<Record<string, string>>
  readonly attempts: number
  readonly retryDelayMs: number
  readonly timeoutMs: number
  readonly maxWholeBytes: number
}

/** The same file again: later answers must agree with the first. */
export interface FileIdentity {
  readonly sizeBytes: number
  readonly etag: string | undefined
}

/** Bytes of a range, and what the answer said of the file. */
export interface RangeAnswer extends FileIdentity {
  readonly bytes: Uint8Array
  /** The server ignored the range and sent the whole file. */
  readonly isWhole: boolean
}

/** What identifies the file of an answer. */
export function wholeRange(answer: RangeAnswer): FileIdentity {
  return { sizeBytes: answer.sizeBytes, etag: answer.etag }
}

/** Answers after which another try makes sense. */
const RETRIED_STATUS: readonly number[] = [408, 425, 429, 500, 502, 503, 504]
const MAX_DELAY_MS = 10_000

/** A failure that may pass. */
class Transient extends Error {
  readonly delayMs: number | undefined
  constructor(message: string, options?: ErrorOptions & { delayMs?: number | undefined }) {
    super(message, options)
    this.delayMs = options?.delayMs
  }
}

/**
 * Fetches `length` bytes (fewer at the end of the file) with retries.
 *
 * @param expected identity of the file from an earlier answer; undefined for the first
 */
export async function fetchRange(
  settings: FetchSettings,
  offset: number,
  length: number,
  expected: FileIdentity | undefined,
  signal: AbortSignal | undefined,
): Promise<RangeAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(settings, offset, length, expected, signal)
    } catch (cause) {
      throwIfAborted(signal)
      if (!(cause instanceof Transient)) throw cause
      if (attempt >= settings.attempts) throw givenUp(settings, offset, attempt, cause)
      const delayMs = cause.delayMs ?? settings.retryDelayMs * 2 ** (attempt - 1)
      await sleep(Math.min(delayMs, MAX_DELAY_MS), signal)
    }
  }
}

async function fetchOnce(
  settings: FetchSettings,
  offset: number,
  length: number,
  expected: FileIdentity | undefined,
  signal: AbortSignal | undefined,
): Promise<RangeAnswer> {
  const timeout = AbortSignal.timeout(settings.timeoutMs)
  const headers = { ...settings.headers, Range: `bytes=${offset}-${offset + length - 1}` }
  const request = { headers, signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) }
  let response: Response
  try {
    // Browsers refuse `fetch` as a method of another object.
    const { fetch } = settings
    response = await fetch(settings.url, request)
  } catch (cause) {
    throw new Transient('no answer', { cause })
  }
  if (response.status === 206) return await partialAnswer(settings, response, offset, length, expected)
  if (response.status === 200) return await wholeAnswer(settings, response, offset, length, expected)
  await response.body?.cancel()
  if (response.status === 416 && offset === 0)
    return { bytes: new Uint8Array(0), sizeBytes: 0, etag: undefined, isWhole: true }
  if (RETRIED_STATUS.includes(response.status)) {
    throw new Transient(`status ${response.status}`, { delayMs: retryAfterMs(response) })
  }
  throw failed(
    settings,
    offset,
    'the server refused the file',
    `status ${response.status} ${response.statusText}`.trim(),
  )
}

async function partialAnswer(
  settings: FetchSettings,
  response: Response,
  offset: number,
  length: number,
  expected: FileIdentity | undefined,
): Promise<RangeAnswer> {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '')
  const sizeBytes = Number(range?.[3])
  const identity = { sizeBytes, etag: response.headers.get('etag') ?? undefined }
  const wanted = Math.min(length, sizeBytes - offset)
  if (
    range === null ||
    Number(range[1]) !== offset ||
    Number(range[2]) - offset + 1 < wanted ||
    !Number.isSafeInteger(sizeBytes)
  ) {
    await response.body?.cancel()
    const found =
      response.headers.get('content-range') ?? 'no Content-Range (in browsers: it has to be exposed by CORS)'
    throw failed(settings, offset, 'the server sent another range than was asked for', found)
  }
  checkIdentity(settings, offset, identity, expected)
  return { ...identity, bytes: await readBody(response, wanted), isWhole: false }
}

/** A server without ranges: the file is read whole; later requests cut their part out of what comes. */
async function wholeAnswer(
  settings: FetchSettings,
  response: Response,
  offset: number,
  length: number,
  expected: FileIdentity | undefined,
): Promise<RangeAnswer> {
  const etag = response.headers.get('etag') ?? undefined
  const announced = response.headers.has('content-encoding')
    ? undefined
    : response.headers.get('content-length')
  if (announced !== null && announced !== undefined && Number(announced) > settings.maxWholeBytes) {
    await response.body?.cancel()
    throw tooLarge(settings, announced)
  }
  const bytes = await readAll(response, settings, announced === null ? undefined : announced)
  checkIdentity(settings, offset, { sizeBytes: bytes.length, etag }, expected)
  if (expected === undefined) return { bytes, sizeBytes: bytes.length, etag, isWhole: true }
  return { bytes: bytes.slice(offset, offset + length), sizeBytes: bytes.length, etag, isWhole: true }
}

function checkIdentity(
  settings: FetchSettings,
  offset: number,
  found: FileIdentity,
  expected: FileIdentity | undefined,
): void {
  if (expected === undefined) return
  if (found.sizeBytes === expected.sizeBytes && found.etag === expected.etag) return
  throw failed(
    settings,
    offset,
    'the file changed on the server while it was read',
    `${found.sizeBytes} bytes, tag ${found.etag ?? 'none'}; before ${expected.sizeBytes} bytes, tag ${expected.etag ?? 'none'}`,
  )
}

/** Exactly `length` bytes; what comes beyond is not waited for. */
async function readBody(response: Response, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let count = 0
  const reader = response.body?.getReader()
  try {
    while (reader !== undefined && count < length) {
      const { done, value } = await reader.read()
      if (done) break
      bytes.set(value.subarray(0, length - count), count)
      count += Math.min(value.length, length - count)
    }
  } catch (cause) {
    throw new Transient('the answer broke off', { cause })
  }
  await reader?.cancel()
  if (count < length) throw new Transient(`the answer ended after ${count} of ${length} bytes`)
  return bytes
}

async function readAll(
  response: Response,
  settings: FetchSettings,
  announced: string | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  const reader = response.body?.getReader()
  try {
    for (;;) {
      const next = await reader?.read()
      if (next === undefined || next.done) break
      sizeBytes += next.value.length
      if (sizeBytes > settings.maxWholeBytes) break
      parts.push(next.value)
    }
  } catch (cause) {
    throw new Transient('the answer broke off', { cause })
  }
  if (sizeBytes > settings.maxWholeBytes) {
    await reader?.cancel()
    throw tooLarge(settings, `more than ${settings.maxWholeBytes}`)
  }
  if (announced !== undefined && Number(announced) !== sizeBytes) {
    throw new Transient(`the answer ended after ${sizeBytes} of ${announced} bytes`)
  }
  const bytes = new Uint8Array(sizeBytes)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

async function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, delayMs)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
  throwIfAborted(signal)
}

function failed(settings: FetchSettings, byteOffset: number, problem: string, found: string): FitsError {
  return new FitsError('FITS_HTTP_FAILED', { file: settings.name, byteOffset }, problem, {
    found,
    remedy: 'check the address in a browser',
  })
}

function givenUp(settings: FetchSettings, byteOffset: number, attempts: number, cause: Transient): FitsError {
  const reason = cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message
  return new FitsError(
    'FITS_HTTP_FAILED',
    { file: settings.name, byteOffset },
    'the server did not deliver the bytes',
    {
      found: `${reason}, ${attempts} times`,
      remedy: 'try again later',
      cause,
    },
  )
}

function tooLarge(settings: FetchSettings, found: string): FitsError {
  return new FitsError(
    'FITS_TOO_LARGE',
    { file: settings.name },
    'the server knows no ranges and the file is large',
    {
      found: `${found} bytes`,
      allowed: `${settings.maxWholeBytes} bytes`,
      remedy: 'download the file first, or raise maxWholeBytes',
    },
  )
}
