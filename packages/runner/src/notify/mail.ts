import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import type { Transporter } from 'nodemailer'
import { type Channel, NoticeFault } from './channel.ts'
import type { Notice, NoticeMessage } from './notice.ts'
import { type MailSettings, secretOf } from './notify-settings.ts'

/** A server that says nothing for so long is asked again later. */
const SILENCE_MS = 10_000

/** Tells people by mail: over SMTP with STARTTLS or TLS, or by a program such as sendmail. */
export function mailChannel(settings: MailSettings): Channel {
  const { to, from, smtp, sendmail } = settings
  return {
    name: `mail to ${to.join(', ')} by ${smtp?.host ?? sendmail?.[0] ?? ''}`,
    gatherMs: 20_000,
    async send(message, signal) {
      signal.throwIfAborted()
      const transport = await openTransport(settings)
      const stop = (): void => transport.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: mailSubject(message),
          text: mailText(message),
          messageId: `<${message.id}.skyloom@${from.slice(from.indexOf('@') + 1)}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        })
      } catch (cause) {
        throw asFault(cause)
      } finally {
        signal.removeEventListener('abort', stop)
        transport.close()
      }
    },
  }
}

async function openTransport({ smtp, sendmail }: MailSettings): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  if (smtp === undefined) {
    const [path = '', ...args] = sendmail ?? []
    // Without arguments those of sendmail are meant.
    return createTransport({ sendmail: true, path, newline: 'unix', ...(args.length === 0 ? {} : { args }) })
  }
  const { host, security, user, password, ca } = smtp
  return createTransport({
    host,
    port: smtp.port ?? (security === 'tls' ? 465 : 587),
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password === undefined ? '' : secretOf(password) } }),
    ...(ca === undefined ? {} : { tls: { ca: [...rootCertificates, readFileSync(ca, 'utf8')] } }),
    connectionTimeout: SILENCE_MS,
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
  })
}

/** Refusals of a server (5xx) and wrong keys do not change by another try. */
function asFault(cause: unknown): NoticeFault {
  const facts = cause as { readonly responseCode?: unknown; readonly code?: unknown }
  const status = typeof facts.responseCode === 'number' ? facts.responseCode : 0
  const isLasting = status >= 500 || facts.code === 'EAUTH' || facts.code === 'EENVELOPE'
  const text = cause instanceof Error ? cause.message : String(cause)
  return new NoticeFault(text.replaceAll(/\s+/g, ' '), !isLasting)
}

/** One line: the run and its end, or how many jobs failed. */
export function mailSubject({ workflow, notices }: NoticeMessage): string {
  const last = notices.findLast(({ event }) => event.startsWith('run.'))
  if (last !== undefined) return `[skyloom] ${workflow}: run ${last.status ?? last.event.slice(4)}`
  const failed = notices.filter(({ event }) => event === 'job.failure').length
  if (failed > 0) return `[skyloom] ${workflow}: ${failed === 1 ? 'a job' : `${failed} jobs`} failed`
  return `[skyloom] ${workflow}: ${notices.length} ${notices.length === 1 ? 'event' : 'events'}`
}

/** Lines of a mail. */
const MAX_LINES = 100

/** What happened, one line each, and what to do next. */
export function mailText(message: NoticeMessage): string {
  const { run, workflow, directory, host, notices, omitted } = message
  const shown = notices.slice(-MAX_LINES)
  const left = notices.length - shown.length + omitted
  const hasFailure = notices.some(({ event }) => event.endsWith('.failure'))
  return [
    `workflow   ${workflow}`,
    `run        ${run}`,
    `directory  ${directory}`,
    `host       ${host}`,
    '',
    ...(left === 0 ? [] : [`(${left} earlier events are left out)`]),
    ...shown.map(noticeLine),
    '',
    hasFailure ? `next: skyloom run analyze ${run}` : `more: skyloom run status ${run}`,
    '',
  ].join('\n')
}

function noticeLine({ event, time, job, transformation, attempt, reason, status, counts }: Notice): string {
  const what = job === undefined ? '' : ` ${job} (${transformation ?? ''}, attempt ${attempt ?? 1})`
  const sums =
    counts === undefined
      ? ''
      : `: ${counts.succeeded} of ${counts.total} jobs done` +
        (['failed', 'held', 'canceled'] as const)
          .flatMap((state) => (counts[state] === 0 ? [] : [`, ${counts[state]} ${state}`]))
          .join('')
  const why = reason === undefined ? '' : `: ${reason}`
  return `${time}  ${status === undefined ? event : `run ${status}`}${what}${sums}${why}`
}
