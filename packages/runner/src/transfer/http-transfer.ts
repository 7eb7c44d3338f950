import { open, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import type { Transfer, TransferOptions } from './transfer.ts'
import { makeHttpFolder, putHttpFile, removeHttp } from './webdav.ts'

/** How patient a transfer over HTTP is. */
export interface HttpOptions {
  /** Tries that bring nothing new before it gives up. Default 4. */
  readonly maxTries?: number
  /** Wait before the second try, doubled each time; a server's Retry-After counts more. Default 500 ms. */
  readonly waitMs?: number
  /** A connection that brings no byte for so long is given up. Default 30 s. */
  readonly stallMs?: number
}

/** Longest wait that a server may ask for. */
const MAX_RETRY_AFTER_MS = 120_000

/**
 * Moves files over HTTP and HTTPS: by PUT, and where folders are made or removed by WebDAV (RFC 4918). An answer that breaks off is gone on with by a Range request, provided that the file is
 * still the same (ETag or Last-Modified); answers that are too short, too long, or a page in place of data are refused.
 */
export function httpTransfer(options: HttpOptions = {}): Transfer {
  return {
    schemes: ['http', 'https'],
    get: async (url, path, request) =>
      await getHttpFile({ url, address: () => Promise.resolve(url) }, path, request, options),
    put: async (path, url, { signal }) => await putHttpFile(path, url, signal, options),
    makeDirectory: async (url, { signal }) => await makeHttpFolder(url, signal, options),
    remove: async (url, { signal }) => await removeHttp(url, signal, options),
    removeDirectory: async (url, { signal }) =>
      await removeHttp(`${url.replace(/\/+$/, '')}/`, signal, options),
  }
}

/** A file on a server. */
export interface HttpPlace {
  /** What people and records see. */
  readonly url: string
  /** Where it is asked for, made anew for each try: it may hold a signature that ends. */
  address(): Promise<string>
}

/** Gets one file as {@link httpTransfer} does. @throws {RunnerError} `RUNNER_TRANSFER_FAILED` */
export async function getHttpFile(
  place: HttpPlace,
  path: string,
  request: TransferOptions,
  { maxTries = 4, waitMs = 500, stallMs = 30_000 }: HttpOptions = {},
): Promise<void> {
  const state: Progress = { validator: undefined, totalBytes: undefined }
  let tries = 0
  for (;;) {
    const before = await sizeOf(path)
    try {
      await getOnce(await place.address(), path, before, state, request, stallMs)
      return
    } catch (error) {
      request.signal.throwIfAborted()
      if (!(error instanceof HttpFault) || !error.isTemporary)
        throw asTransferError(place.url, error, tries + 1)
      tries = (await sizeOf(path)) > before ? 0 : tries + 1
      if (tries >= maxTries) throw asTransferError(place.url, error, tries)
      await wait(error.retryAfterMs ?? waitMs * 2 ** tries, undefined, { signal: request.signal })
    }
  }
}

/** Bytes as they are stored: their number is that of the file. */
const IDENTITY = { 'accept-encoding': 'identity' } as const

/** What is known of a file from earlier answers. */
interface Progress {
  /** Strong ETag or date by which a range belongs to the same content. */
  validator: string | undefined
  totalBytes: number | undefined
}

class HttpFault extends Error {
  readonly isTemporary: boolean
  readonly retryAfterMs: number | undefined

  constructor(message: string, isTemporary: boolean, retryAfterMs?: number) {
    super(message)
    this.isTemporary = isTemporary
    this.retryAfterMs = retryAfterMs
  }
}

async function getOnce(
  url: string,
  path: string,
  have: number,
  state: Progress,
  request: TransferOptions,
  stallMs: number,
): Promise<void> {
  const canResume = have > 0 && state.validator !== undefined
  const stall = new AbortController()
  let timer = setTimeout(() => stall.abort(), stallMs)
  const headers: Record<string, string> = { ...IDENTITY }
  if (canResume) {
    headers['range'] = `bytes=${have}-`
    headers['if-range'] = state.validator ?? ''
  }
  try {
    const answer = await fetch(url, {
      headers,
      redirect: 'follow',
      signal: AbortSignal.any([request.signal, stall.signal]),
    })
    const from = startOf(answer, canResume ? have : 0, state)
    checkIsData(answer, url)
    checkHasEnd(answer, request)
    const handle = await open(path, from === 0 ? 'w' : 'r+')
    try {
      let at = from
      for await (const chunk of answer.body ?? []) {
        clearTimeout(timer)
        timer = setTimeout(() => stall.abort(), stallMs)
        const bytes = chunk as Uint8Array
        await handle.write(bytes, 0, bytes.length, at)
        at += bytes.length
      }
      if (state.totalBytes !== undefined && at !== state.totalBytes) {
        throw new HttpFault(
          `the answer broke off after ${at} of ${state.totalBytes} bytes`,
          at < state.totalBytes,
        )
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof HttpFault || request.signal.aborted) throw error
    const reason = stall.signal.aborted ? `nothing came for ${stallMs / 1000} s` : reasonOf(error)
    throw new HttpFault(reason, true)
  } finally {
    clearTimeout(timer)
  }
}

/** Where the bytes of an answer belong. */
function startOf(answer: Response, asked: number, state: Progress): number {
  if (answer.status === 206 && asked > 0) {
    const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '')
    if (Number(match?.[1]) !== asked) throw new HttpFault('the server gave another range than asked', false)
    if (match?.[2] !== undefined && match[2] !== '*') state.totalBytes = Number(match[2])
    return asked
  }
  if (answer.status !== 200) {
    const isTemporary = answer.status >= 500 || answer.status === 429 || answer.status === 408
    throw new HttpFault(`HTTP status ${answer.status}`, isTemporary, retryAfter(answer))
  }
  const etag = answer.headers.get('etag')
  const isStrong = etag !== null && !etag.startsWith('W/')
  state.validator = isStrong ? etag : (answer.headers.get('last-modified') ?? undefined)
  const length = answer.headers.get('content-length')
  state.totalBytes = length === null ? undefined : Number(length)
  return 0
}

/** A page of a login or a portal in place of data. */
function checkIsData(answer: Response, url: string): void {
  const type = answer.headers.get('content-type') ?? ''
  const wantsPage = /\.(?:x?html?|php|aspx?)$/i.test(new URL(url).pathname)
  if (/^text\/html\b/i.test(type) && !wantsPage) {
    throw new HttpFault(
      `the server gave a page (${type}) in place of data${answer.redirected ? ', after a redirect' : ''}`,
      false,
    )
  }
}

/** An answer without length that ends with its connection may have been cut anywhere: only a checksum tells. */
function checkHasEnd(answer: Response, { isVerified = false }: TransferOptions): void {
  const { headers } = answer
  if (isVerified || headers.has('content-length') || headers.has('transfer-encoding')) return
  throw new HttpFault(
    'the server does not say where the file ends, and its checksum is not known; add it to the replica catalog',
    false,
  )
}

function retryAfter(answer: Response): number | undefined {
  const text = answer.headers.get('retry-after')
  if (text === null) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : undefined
}

function asTransferError(url: string, error: unknown, tries: number): RunnerError {
  return new RunnerError('RUNNER_TRANSFER_FAILED', 'the file could not be fetched', {
    where: [publicUrl(url)],
    found: `${reasonOf(error)}, after ${tries} ${tries === 1 ? 'try' : 'tries'}`,
    cause: error,
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    (facts) => facts.size,
    () => 0,
  )
}
