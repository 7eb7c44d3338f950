import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { S3mini } from 's3mini'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import { getHttpFile, type HttpOptions } from './http-transfer.ts'
import { withRetries } from './retry.ts'
import { type S3Settings, s3Settings } from './s3-settings.ts'
import { bytesOf, isTemporaryAnswer, putBytes } from './send-bytes.ts'
import type { Transfer } from './transfer.ts'

/** How an object store is used. */
export interface S3Options extends HttpOptions {
  /** Variables that name endpoint and credentials. Default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Files above this size are sent in parts of about this size; at least 5 MiB. Default 32 MiB. */
  readonly partBytes?: number | undefined
}

/** Bounds of object stores: number of parts, size of a single request. */
const MAX_PARTS = 10_000
const MAX_SINGLE_BYTES = 5 * 1024 ** 3
/** Signatures are good for so long, seconds. */
const SIGNED_SECONDS = 3600

/**
 * Moves files from and to object stores that speak S3 (URLs `s3:` and `s3s:`). Files are got as over HTTP, by addresses that
 * are signed anew for each try, so that an answer which breaks off is gone on with. Each request that sends carries the MD5
 * of its bytes, which the store verifies; an object appears when all of it is there.
 */
export function s3Transfer(options: S3Options = {}): Transfer {
  const { environment = process.env, partBytes = 32 * 1024 ** 2, maxTries, waitMs } = options
  const retry = { maxTries, waitMs }
  return {
    schemes: ['s3', 's3s'],
    async get(url, path, request) {
      const store = await openStore(url, environment)
      await getHttpFile({ url, address: async () => await store.address('GET') }, path, request, options)
    },
    async put(path, url, { signal }) {
      const store = await openStore(url, environment)
      const handle = await open(path, 'r')
      try {
        const { size } = await handle.stat()
        const again = async <Result>(work: () => Promise<Result>): Promise<Result> =>
          await withRetries(work, isTemporaryAnswer, signal, retry)
        // Requests of the client for parts carry no token of temporary credentials.
        const isWhole =
          size <= partBytes || (store.settings.sessionToken !== undefined && size <= MAX_SINGLE_BYTES)
        if (isWhole) await again(async () => await send(store, handle, { from: 0, size, signal }, {}))
        else await sendParts(store, handle, { size, partBytes, signal, again })
      } catch (error) {
        signal.throwIfAborted()
        throw asTransferError(url, error, 'sent')
      } finally {
        await handle.close()
      }
    },
    // Object stores have no folders.
    makeDirectory: async () => await Promise.resolve(),
    async remove(url, { signal }) {
      const store = await openStore(url, environment)
      try {
        await withRetries(
          async () => await store.client.deleteObject(store.settings.key),
          isTemporaryAnswer,
          signal,
          retry,
        )
      } catch (error) {
        throw asTransferError(url, error, 'removed')
      }
    },
    async removeDirectory(url, { signal }) {
      const store = await openStore(url.replace(/\/+$/, ''), environment)
      const page = async (after: string): Promise<readonly string[]> =>
        await withRetries(async () => await keysBelow(store, after, signal), isTemporaryAnswer, signal, retry)
      try {
        for (let keys = await page(''); keys.length > 0; keys = await page(keys.at(-1) ?? '')) {
          const some = keys
          await withRetries(async () => await removeKeys(store, some), isTemporaryAnswer, signal, retry)
        }
        const [left] = await page('')
        if (left !== undefined) throw new Error(`it still has ${left}`)
      } catch (error) {
        throw asTransferError(url, error, 'removed')
      }
    },
  }
}

/** Keys that object stores list by one request. */
const KEYS_AT_ONCE = 1000
/** Objects that are removed at a time. */
const REMOVALS_AT_ONCE = 8
/** A list is given up after so long. */
const LIST_MS = 60_000

/** The next keys that begin with the name of a directory (ListObjectsV2), in their order. */
async function keysBelow(store: Store, after: string, signal: AbortSignal): Promise<readonly string[]> {
  const query = { 'list-type': '2', 'max-keys': String(KEYS_AT_ONCE), prefix: `${store.settings.key}/` }
  const start = after === '' ? {} : { 'start-after': after }
  const answer = await fetch(await store.list({ ...query, ...start }), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]),
  })
  const text = await answer.text()
  if (!answer.ok) throw new StoreFault(answer.status, text)
  return Array.from(text.matchAll(/<Key>([^<]*)<\/Key>/g), ([, key = '']) => plainText(key))
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Text of an element without references. */
function plainText(xml: string): string {
  return xml.replaceAll(
    /&(?:#(x?)([\da-f]+)|(\w+));/gi,
    (whole, hex: string, code: string | undefined, name: string) =>
      code === undefined
        ? (ENTITIES.get(name) ?? whole)
        : String.fromCodePoint(Number.parseInt(code, hex === '' ? 10 : 16)),
  )
}

/** Removes objects, some at a time. Lists of keys to remove are not read alike by all stores, single keys are. */
async function removeKeys({ client }: Store, keys: readonly string[]): Promise<void> {
  const waiting = [...keys]
  const remove = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await client.deleteObject(key)
  }
  await Promise.all(Array.from({ length: REMOVALS_AT_ONCE }, remove))
}

interface Store {
  readonly client: S3mini
  readonly settings: S3Settings
  /** An address that may be used for an hour by whoever has it. */
  address(
    method: 'GET' | 'PUT',
    query?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<string>
  /** The address of a list of the bucket. */
  list(query: Readonly<Record<string, string>>): Promise<string>
}

async function openStore(url: string, environment: S3Options['environment'] = {}): Promise<Store> {
  const settings = s3Settings(url, environment)
  const { S3mini } = await import('s3mini')
  const { endpoint, region, key, accessKeyId, secretAccessKey, sessionToken } = settings
  const client = new S3mini({ endpoint, region, accessKeyId, secretAccessKey })
  const token = sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }
  const slash = endpoint.lastIndexOf('/')
  const above = new S3mini({ endpoint: endpoint.slice(0, slash), region, accessKeyId, secretAccessKey })
  return {
    client,
    settings,
    // For who asks for the bucket as an object of the store; with a slash at the end some stores refuse the signature.
    list: async (query) =>
      accessKeyId === ''
        ? `${endpoint}${queryText(query)}`
        : await above.getPresignedUrl('GET', endpoint.slice(slash + 1), SIGNED_SECONDS, {
            ...query,
            ...token,
          }),
    address: async (method, query = {}, headers = {}) => {
      if (accessKeyId === '')
        return `${endpoint}/${key.split('/').map(encodeURIComponent).join('/')}${queryText(query)}`
      return await client.getPresignedUrl(method, key, SIGNED_SECONDS, { ...query, ...token }, headers)
    },
  }
}

function queryText(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}

interface Piece {
  readonly from: number
  readonly size: number
  readonly signal: AbortSignal
}

/** Sends bytes of a file. @returns the ETag */
async function send(
  store: Store,
  handle: FileHandle,
  { from, size, signal }: Piece,
  query: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { 'content-md5': await md5Of(handle, from, size) }
  const address = await store.address('PUT', query, headers)
  const sized = { ...headers, 'content-length': size }
  const answer = await putBytes(address, sized, bytesOf(handle, from, size), signal)
  if (answer.status !== 200) throw new StoreFault(answer.status, answer.text)
  return answer.etag
}

interface PartPlan {
  readonly size: number
  readonly partBytes: number
  readonly signal: AbortSignal
  readonly again: <Result>(work: () => Promise<Result>) => Promise<Result>
}

async function sendParts(store: Store, handle: FileHandle, plan: PartPlan): Promise<void> {
  const { client, settings } = store
  const { size, signal, again } = plan
  const partBytes = Math.max(plan.partBytes, Math.ceil(size / MAX_PARTS))
  const uploadId = await again(async () => await client.getMultipartUploadId(settings.key))
  try {
    const parts: { readonly partNumber: number; readonly etag: string }[] = []
    for (let from = 0; from < size; from += partBytes) {
      const piece = { from, size: Math.min(partBytes, size - from), signal }
      const partNumber = parts.length + 1
      const query = { partNumber: String(partNumber), uploadId }
      const etag = await again(async () => await send(store, handle, piece, query))
      parts.push({ partNumber, etag: etag.replaceAll('"', '') })
    }
    await again(async () => await client.completeMultipartUpload(settings.key, uploadId, parts))
  } catch (error) {
    // What is left of it costs its owner money; that it could not be removed does not hide the first fault.
    await client.abortMultipartUpload(settings.key, uploadId).catch(() => undefined)
    throw error
  }
}

async function md5Of(handle: FileHandle, from: number, size: number): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of bytesOf(handle, from, size)) hash.update(chunk)
  return hash.digest('base64')
}

/** An answer of a store that is no success. */
class StoreFault extends Error {
  readonly status: number

  constructor(status: number, body: string) {
    const code = /<Code>([\w.-]+)<\/Code>/.exec(body)?.[1]
    super(`HTTP status ${status}${code === undefined ? '' : ` (${code})`}`)
    this.status = status
  }
}

function asTransferError(url: string, error: unknown, what: string): RunnerError {
  if (error instanceof RunnerError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const below = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const isRefused = error instanceof Error && 'status' in error && error.status === 403
  return new RunnerError('RUNNER_TRANSFER_FAILED', `the object could not be ${what}`, {
    where: [publicUrl(url)],
    found: `${reason}${below}`,
    ...(isRefused ? { remedy: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' } : {}),
    cause: error,
  })
}
