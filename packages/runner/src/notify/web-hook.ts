import { createHmac } from 'node:crypto'
import { type Channel, NoticeFault } from './channel.ts'
import type { NoticeMessage } from './notice.ts'
import { secretOf, type WebhookSettings } from './notify-settings.ts'

/** A server that takes longer is asked again later. */
const ANSWER_MS = 10_000

/**
 * Tells a program by a POST with a JSON body. With a secret the request is signed as Standard Webhooks 1.0.0 says: the
 * headers `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`, which is `v1,` and the base64 of the HMAC-SHA256
 * of `id.timestamp.body`.
 */
export function webHook(settings: WebhookSettings, nowMs: () => number = Date.now): Channel {
  const { url, headers, secret } = settings
  return {
    // A query may hold a token.
    name: `web hook ${new URL(url).origin}${new URL(url).pathname}`,
    gatherMs: 1000,
    async send(message, signal) {
      const body = JSON.stringify(webHookBody(message))
      const timestamp = String(Math.floor(nowMs() / 1000))
      const signature =
        secret === undefined
          ? {}
          : { 'webhook-signature': webHookSignature(secretOf(secret), message.id, timestamp, body) }
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'skyloom',
          'webhook-id': message.id,
          'webhook-timestamp': timestamp,
          ...signature,
          ...Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [
              name,
              typeof value === 'string' ? value : secretOf(value),
            ]),
          ),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      })
      await answer.body?.cancel()
      if (answer.ok) return
      const isTemporary = answer.status >= 500 || answer.status === 429 || answer.status === 408
      throw new NoticeFault(`HTTP status ${answer.status}`, isTemporary)
    },
  }
}

/** The body of a request: the message, with the version of its form. */
export function webHookBody(message: NoticeMessage): object {
  return { type: 'skyloom.notices', version: 1, ...message }
}

/** Signature of Standard Webhooks. A key may be given in its form `whsec_` and base64. */
export function webHookSignature(key: string, id: string, timestamp: string, body: string): string {
  const bytes = key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : Buffer.from(key)
  return `v1,${createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
