import { RunnerError } from '../errors.ts'

/** Path of a `file:` URL or an absolute path; `undefined` for other places. URLs of plans are not percent-encoded. */
export function filePathOf(url: string): string | undefined {
  if (url.startsWith('/')) return url
  const match = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(url) ?? /^file:(\/(?!\/).*)$/i.exec(url)
  return match?.[1]
}

/** Scheme of a URL in lower case; `file` for an absolute path. */
export function schemeOf(url: string): string {
  if (url.startsWith('/')) return 'file'
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? ''
}

/** @throws {RunnerError} `RUNNER_BAD_PLAN` when the place is no file */
export function needFilePath(url: string, what: string): string {
  const path = filePathOf(url)
  if (path !== undefined) return path
  throw new RunnerError('RUNNER_BAD_PLAN', `${what} must be a file of this machine`, {
    found: url,
    allowed: 'file:///path',
    remedy: 'give site local a scratch directory with a file server file://',
  })
}

/** A URL for messages and records: without user, password and query, on one line. */
export function publicUrl(url: string): string {
  if (filePathOf(url) !== undefined) return url
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
    .replace(/[?#].*$/s, '')
    .replaceAll(/\p{Cc}/gu, '?')
}
