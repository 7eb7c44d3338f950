import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RunnerError } from '../errors.ts'

/** A connection over which nothing moves for so long is given up. */
const STALL_MS = 60_000
/** Of an answer that refuses, more is not looked at. */
const MAX_ANSWER_CHARS = 64 * 1024
/** Bytes read at a time. */
const CHUNK_BYTES = 1 << 20

/** What a server answered. */
export interface SendAnswer {
  readonly status: number
  readonly etag: string
  /** The beginning of its body. */
  readonly text: string
}

/** Sends bytes by PUT as they come: `fetch` would take them into memory, or send them without their number. */
export async function putBytes(
  address: string,
  headers: Readonly<Record<string, string | number>>,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<SendAnswer> {
  const start = address.startsWith('https:') ? requestHttps : requestHttp
  const request = start(address, { method: 'PUT', headers, signal, timeout: STALL_MS })
  request.once('timeout', () => request.destroy(new Error(`nothing moved for ${STALL_MS / 1000} s`)))
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  // A server that refuses answers before it has all, and closes: its answer counts, not the bytes that it did not take.
  const broken = pipeline(Readable.from(bytes), request).then(async () => (await answered)[0])
  const answer = await Promise.race([answered.then(([first]) => first), broken])
  broken.catch(() => undefined)
  let text = ''
  try {
    for await (const chunk of answer.setEncoding('utf8'))
      if (text.length < MAX_ANSWER_CHARS) text += String(chunk)
  } catch (error) {
    // Of a success nothing may be missing.
    if ((answer.statusCode ?? 0) < 400) throw error
  } finally {
    if (!request.writableFinished) request.destroy()
  }
  return { status: answer.statusCode ?? 0, etag: answer.headers.etag ?? '', text }
}

/** Bytes of a part of a file. @throws when the file ends before the part does */
export async function* bytesOf(handle: FileHandle, from: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < from + size; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, from + size - at))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent')
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** True for faults that may be over at the next try: of connections, and answers that say so. */
export function isTemporaryAnswer(error: unknown): boolean {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  // Without a status the connection failed.
  if (typeof status !== 'number') return !(error instanceof RunnerError)
  // A server that does not know the method (501) or is full (507) answers the next try in the same way (RFC 9110, 15.6.2; RFC 4918, 11.5).
  return (status >= 500 && status !== 501 && status !== 507) || status === 429 || status === 408
}
