import { type ByteSource, throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import { BlockCache } from './block-cache.ts'
import { type FetchSettings, fetchRange, type RangeAnswer, wholeRange } from './fetch-range.ts'

/** How a file is read from a server. */
export interface HttpSourceOptions {
  /** Default: the `fetch` of the platform. */
  readonly fetch?: typeof globalThis.fetch
  /** Sent with every request, for example authorisation. */
  readonly headers?: Readonly<Record<string, string>>
  /** Tries of each request; default 4. */
  readonly attempts?: number
  /** Wait before the second try; it doubles from try to try. Default 250. */
  readonly retryDelayMs?: number
  /** Limit for one request and its bytes; default 30,000. */
  readonly timeoutMs?: number
  /** Bytes that are asked for at least; default 64 KiB. */
  readonly blockBytes?: number
  /** Memory for blocks that were read; default 32 MiB. */
  readonly cacheBytes?: number
  /** Largest file that is taken whole from a server that does not know ranges; default 1 GiB. */
  readonly maxWholeBytes?: number
  readonly signal?: AbortSignal | undefined
}

const KIB = 1024

/**
 * A file on an HTTP server, read by ranges: only the blocks that are needed cross the net, each once while it is in the
 * cache. Network errors, timeouts, broken bodies and the answers 408, 429 and 5xx are tried again; redirects are
 * followed; a server that ignores ranges is read once and whole. A file that changes while it is read is an error.
 *
 * Works in browsers, where the server has to allow it (CORS, with `Content-Range` exposed).
 *
 * @throws FitsError `FITS_HTTP_FAILED`, `FITS_TOO_LARGE`
 */
export async function httpSource(url: string | URL, options: HttpSourceOptions = {}): Promise<ByteSource> {
  const target = new URL(url)
  const name = publicName(target)
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new FitsError('FITS_HTTP_FAILED', { file: name }, 'the address cannot be read', {
      found: target.protocol,
      allowed: 'http: and https:',
    })
  }
  const blockBytes = options.blockBytes ?? 64 * KIB
  const settings: FetchSettings = {
    url: target.href,
    name,
    fetch: options.fetch ?? globalThis.fetch,
    headers: options.headers ?? {},
    attempts: options.attempts ?? 4,
    retryDelayMs: options.retryDelayMs ?? 250,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxWholeBytes: options.maxWholeBytes ?? KIB ** 3,
  }
  const first = await fetchRange(settings, 0, blockBytes, undefined, options.signal)
  return new HttpSource(settings, first, blockBytes, options)
}

/** The address without what may be secret: user, password, query. */
function publicName(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}

/** Reading without a jump for so long makes it worth to read ahead. */
const SEQUENTIAL_BYTES = 2 * KIB * KIB

/** Longest range of one request: a broken one costs no more than this. */
const MAX_REQUEST_BYTES = 8 * KIB * KIB

class HttpSource implements ByteSource {
  readonly name: string
  readonly sizeBytes: number
  readonly #settings: FetchSettings
  readonly #first: RangeAnswer
  readonly #blockBytes: number
  readonly #cache: BlockCache
  readonly #signal: AbortSignal | undefined
  /** Where the last read ended, and how much was read without a jump up to there. */
  #nextOffset = -1
  #sequentialBytes = 0

  constructor(settings: FetchSettings, first: RangeAnswer, blockBytes: number, options: HttpSourceOptions) {
    this.name = settings.name
    this.sizeBytes = first.sizeBytes
    this.#settings = settings
    this.#first = first
    this.#blockBytes = first.isWhole ? Math.max(1, first.bytes.length) : blockBytes
    this.#signal = options.signal
    const cacheBytes = options.cacheBytes ?? 32 * KIB * KIB
    const maxBlocks = first.isWhole ? 1 : Math.max(4, Math.floor(cacheBytes / blockBytes))
    this.#cache = new BlockCache(maxBlocks)
    this.#cache.put(0, Promise.resolve(first.bytes))
  }

  async readInto(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<number> {
    const length = Math.max(0, Math.min(target.length, this.sizeBytes - offset))
    if (length === 0) return 0
    const firstBlock = Math.floor(offset / this.#blockBytes)
    const lastBlock = Math.floor((offset + length - 1) / this.#blockBytes)
    this.#sequentialBytes = offset === this.#nextOffset ? this.#sequentialBytes + length : length
    this.#nextOffset = offset + length
    // All requests start before the first is waited for.
    const blocks = this.#requestBlocks(firstBlock, lastBlock)
    for (const [index, block] of blocks.entries()) {
      const bytes = await unlessAborted(block, signal)
      const start = (firstBlock + index) * this.#blockBytes
      const from = Math.max(0, offset - start)
      const to = Math.min(bytes.length, offset + length - start)
      target.set(bytes.subarray(from, to), start + from - offset)
    }
    return length
  }

  close(): Promise<void> {
    this.#cache.clear()
    return Promise.resolve()
  }

  /** Blocks from the cache, and those that miss from as few requests as possible. */
  #requestBlocks(first: number, last: number): Promise<Uint8Array>[] {
    const blocks: Promise<Uint8Array>[] = []
    for (let block = first; block <= last; ) {
      const known = this.#cache.get(block)
      if (known !== undefined) {
        blocks.push(known)
        block++
        continue
      }
      const maxCount = Math.max(1, Math.floor(MAX_REQUEST_BYTES / this.#blockBytes))
      let count = 1
      const end = last + this.#blocksAhead()
      while (count < maxCount && block + count <= end && !this.#cache.has(block + count)) count++
      blocks.push(...this.#request(block, count).slice(0, last - block + 1))
      block += count
    }
    return blocks
  }

  /** Long sequential reads ask for half as much again ahead, so that the net is not waited for at every turn. */
  #blocksAhead(): number {
    const lastOfFile = Math.floor((this.sizeBytes - 1) / this.#blockBytes)
    const lastRead = Math.floor((this.#nextOffset - 1) / this.#blockBytes)
    if (this.#sequentialBytes < SEQUENTIAL_BYTES) return 0
    return Math.min(lastOfFile - lastRead, Math.floor(this.#sequentialBytes / 2 / this.#blockBytes))
  }

  #request(block: number, count: number): Promise<Uint8Array>[] {
    const offset = block * this.#blockBytes
    const length = Math.min(count * this.#blockBytes, this.sizeBytes - offset)
    const answer = fetchRange(this.#settings, offset, length, wholeRange(this.#first), this.#signal)
    return Array.from({ length: count }, (_, index) => {
      const part = answer.then(({ bytes }) =>
        bytes.subarray(index * this.#blockBytes, (index + 1) * this.#blockBytes),
      )
      this.#cache.put(block + index, part)
      return part
    })
  }
}

/** Waits for a block unless this caller stops. The request goes on: others may wait for the same block. */
async function unlessAborted(
  block: Promise<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (signal === undefined) return await block
  throwIfAborted(signal)
  let stop = (): void => undefined
  const stopped = new Promise<undefined>((resolve) => {
    stop = (): void => resolve(undefined)
    signal.addEventListener('abort', stop)
  })
  try {
    const bytes = await Promise.race([block, stopped])
    throwIfAborted(signal)
    return bytes ?? (await block)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
