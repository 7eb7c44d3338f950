import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import { NOTICE_TOPICS, type NoticeTopic } from './notice.ts'

/** Where a secret is. It is named, never written down: a variable of the environment, or a file that holds nothing else. */
export type SecretReference = { readonly env: string } | { readonly file: string }

/** Server that takes mails. */
export interface SmtpSettings {
  readonly host: string
  readonly port?: number | undefined
  readonly security: 'starttls' | 'tls' | 'none'
  readonly user?: string | undefined
  readonly password?: SecretReference | undefined
  /** File with certificates to trust besides those of the system. */
  readonly ca?: string | undefined
}

/** People that get mails, and how: by `smtp` or by the program `sendmail`. */
export interface MailSettings {
  readonly on: readonly NoticeTopic[]
  readonly to: readonly string[]
  readonly from: string
  readonly smtp?: SmtpSettings | undefined
  readonly sendmail?: readonly string[] | undefined
}

/** A program that is told by HTTP. */
export interface WebhookSettings {
  readonly on: readonly NoticeTopic[]
  readonly url: string
  /** Key of the signature. */
  readonly secret?: SecretReference | undefined
  readonly headers: Readonly<Record<string, string | SecretReference>>
}

/** Who is told what. */
export interface NotifySettings {
  readonly mail: readonly MailSettings[]
  readonly webhooks: readonly WebhookSettings[]
}

const secret = z.union([
  z.strictObject({ env: z.string().min(1) }).describe('name of a variable of the environment'),
  z.strictObject({ file: z.string().min(1) }).describe('file that holds it and nothing else'),
])
const topics = z.array(z.enum(NOTICE_TOPICS)).min(1).default(['run.end'])

const smtp = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).optional().describe('default 587, with tls 465'),
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().optional(),
  password: secret.optional(),
  ca: z.string().optional().describe('file with certificates to trust besides those of the system'),
})

const mail = z.strictObject({
  on: topics,
  to: z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/)).min(1),
  from: z.string().regex(/^[^\s@]+@[^\s@]+$/),
  smtp: smtp.optional(),
  sendmail: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('program and arguments that take a mail, without smtp'),
})

const webhook = z.strictObject({
  on: topics,
  url: z.url({ protocol: /^https?$/ }),
  secret: secret.optional().describe('key of the signature'),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secret])).default({}),
})

const settings = z.strictObject({ mail: z.array(mail).default([]), webhooks: z.array(webhook).default([]) })

/**
 * Reads settings of notifications.
 *
 * @throws {RunnerError} `RUNNER_BAD_SETTINGS` for what cannot be read, a password that would be sent in the clear, and secrets
 * that are not there
 */
export function readNotifySettings(text: string, path: string): NotifySettings {
  let found: string
  try {
    const parsed = settings.safeParse(JSON.parse(text))
    if (parsed.success) {
      check(parsed.data, path)
      return parsed.data
    }
    found = z.prettifyError(parsed.error)
  } catch (cause) {
    if (cause instanceof RunnerError) throw cause
    found = cause instanceof Error ? cause.message : String(cause)
  }
  throw badSettings(path, found)
}

/** The settings as JSON Schema (draft 2020-12). */
export function notifySettingsSchema(): unknown {
  return z.toJSONSchema(settings, { io: 'input' })
}

/** @throws {RunnerError} `RUNNER_BAD_SETTINGS` when it is not there */
export function secretOf(reference: SecretReference): string {
  if ('env' in reference) {
    const value = process.env[reference.env]
    if (value !== undefined && value !== '') return value
    throw badSettings(`variable ${reference.env}`, 'nothing')
  }
  try {
    return readFileSync(reference.file, 'utf8').trim()
  } catch (cause) {
    throw badSettings(reference.file, cause instanceof Error ? cause.message : String(cause))
  }
}

function check({ mail: mails, webhooks }: NotifySettings, path: string): void {
  for (const { smtp: server, sendmail } of mails) {
    if ((server === undefined) === (sendmail === undefined))
      throw badSettings(path, 'not one of smtp and sendmail')
    if (server?.password === undefined) continue
    if (server.security === 'none') throw badSettings(path, 'a password for a connection without encryption')
    secretOf(server.password)
  }
  for (const { secret: key, headers } of webhooks) {
    if (key !== undefined) secretOf(key)
    for (const value of Object.values(headers)) if (typeof value !== 'string') secretOf(value)
  }
}

function badSettings(place: string, found: string): RunnerError {
  return new RunnerError('RUNNER_BAD_SETTINGS', 'the settings of notifications cannot be used', {
    where: [place],
    found,
    remedy: 'docs/running.md has an example; secrets are named by {"env": ...} or {"file": ...}',
  })
}
