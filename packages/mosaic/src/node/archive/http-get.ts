import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { MosaicError } from '../../errors.ts'

/** How services are asked. */
export interface HttpOptions {
  /** Seconds without a byte after which an answer is given up; default 60. */
  readonly timeoutSeconds?: number | undefined
  /** How often a fault that may pass is met with another try; default 3. */
  readonly retries?: number | undefined
  /** Seconds before the first further try; doubled each time; default 1. A service's own word (Retry-After) goes before it. */
  readonly waitSeconds?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The head of an answer; its body is still to be read. */
export interface HttpAnswer {
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: IncomingMessage
}

const DEFAULT_TIMEOUT_SECONDS = 60
const DEFAULT_RETRIES = 3
const DEFAULT_WAIT_SECONDS = 1
const MAX_WAIT_SECONDS = 60
const MAX_REDIRECTS = 5
/** Answers that may be different the next time. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** A fault that may be gone the next time. */
export class PassingFault extends Error {
  override readonly name = 'PassingFault'
  readonly retryAfterSeconds: number | undefined

  constructor(message: string, options: ErrorOptions & { retryAfterSeconds?: number | undefined } = {}) {
    super(message, options)
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/**
 * Asks for an address and follows redirections; certificates are verified, and a redirection from https to http is refused.
 *
 * @throws PassingFault for broken connections, timeouts and answers such as 503
 * @throws MosaicError `MOSAIC_ARCHIVE_FAILED` for other answers than 200 and 206
 */
export async function httpGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions = {},
): Promise<HttpAnswer> {
  let address = url
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await ask(address, headers, options)
    const { status } = answer
    if (status === 200 || status === 206 || status === 416) return answer
    answer.body.destroy()
    const { location } = answer.headers
    if (status >= 300 && status < 400 && location !== undefined && URL.canParse(location, address)) {
      const next = new URL(location, address)
      if (address.startsWith('https:') && next.protocol !== 'https:')
        throw failed(url, `a redirection from https to ${next.protocol}//${next.host}`)
      address = next.href
      continue
    }
    if (PASSING_STATUS.has(status)) {
      const seconds = Number(answer.headers['retry-after'])
      throw new PassingFault(`HTTP ${status}`, { retryAfterSeconds: seconds >= 0 ? seconds : undefined })
    }
    throw failed(url, `HTTP ${status}`)
  }
  throw failed(url, `more than ${MAX_REDIRECTS} redirections`)
}

/** The error of an archive that cannot be used. */
export function failed(url: string, found: string, cause?: unknown): MosaicError {
  return new MosaicError('MOSAIC_ARCHIVE_FAILED', 'the archive cannot be used', {
    where: [url],
    found,
    remedy: 'check the address and try again later',
    ...(cause === undefined ? {} : { cause }),
  })
}

/**
 * Does something until it succeeds, fails for good, or has met too many faults that may pass.
 *
 * @throws MosaicError `MOSAIC_ARCHIVE_FAILED` with the last fault
 */
export async function withRetries<T>(
  url: string,
  options: HttpOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  const { retries = DEFAULT_RETRIES, waitSeconds = DEFAULT_WAIT_SECONDS, signal } = options
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PassingFault)) throw error
      if (tries >= retries)
        throw failed(url, tries === 0 ? error.message : `${error.message} (${tries + 1} times)`, error)
      await pause(Math.min(error.retryAfterSeconds ?? waitSeconds * 2 ** tries, MAX_WAIT_SECONDS), signal)
    }
  }
}

/**
 * The text of an answer, whole.
 *
 * @throws MosaicError `MOSAIC_ARCHIVE_FAILED`, `MOSAIC_BAD_ANSWER` beyond `maxBytes`
 */
export async function httpText(url: string, maxBytes: number, options: HttpOptions = {}): Promise<string> {
  return await withRetries(url, options, async () => {
    const { body, headers } = await httpGet(url, {}, options)
    const parts: Buffer[] = []
    let size = 0
    for await (const part of bodyParts(body)) {
      parts.push(part)
      size += part.length
      if (size > maxBytes) {
        body.destroy()
        throw new MosaicError('MOSAIC_BAD_ANSWER', 'the answer is too long', {
          where: [url],
          allowed: `${maxBytes} bytes`,
        })
      }
    }
    const promised = headers['content-length']
    if (promised !== undefined && size !== Number(promised))
      throw new PassingFault(`${size} of ${promised} bytes`)
    return Buffer.concat(parts).toString('utf8')
  })
}

/** The parts of a body; a connection that breaks is a fault that may pass. */
export async function* bodyParts(body: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const part of body) yield part as Buffer
  } catch (cause) {
    throw passing(cause)
  }
  if (!body.complete) throw new PassingFault('the connection broke off')
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, signal }: HttpOptions,
): Promise<HttpAnswer> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return await new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        // A packed file must arrive as it is, so nothing on the way may pack it.
        headers: { 'User-Agent': 'Skyloom', Accept: '*/*', 'Accept-Encoding': 'identity', ...headers },
        ...(signal === undefined ? {} : { signal }),
      },
      (body) => {
        resolve({ url, status: body.statusCode ?? 0, headers: body.headers, body })
      },
    )
    call.setTimeout(timeoutSeconds * 1000, () => {
      call.destroy(new PassingFault(`no byte for ${timeoutSeconds} s`))
    })
    call.on('error', (cause) => {
      reject(signal?.aborted === true ? cause : passing(cause, url))
    })
    call.end()
  })
}

/** Codes that another try does not change: no such host, a certificate that is not trusted. */
const LASTING =
  /^(?:ENOTFOUND|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_INVALID_URL|ERR_INVALID_PROTOCOL)/

function passing(cause: unknown, url?: string): Error {
  if (cause instanceof PassingFault || cause instanceof MosaicError) return cause
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (url !== undefined && LASTING.test(code)) return failed(url, `${code}: ${message}`, cause)
  return new PassingFault(code === '' ? message : code, { cause })
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout } = await import('node:timers/promises')
  await setTimeout(seconds * 1000, undefined, signal === undefined ? {} : { signal })
}
