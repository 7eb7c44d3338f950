/** A place of a file, taken apart. */
export interface FileUrl {
  /** Lower case, without `://`. */
  readonly scheme: string
  /** `user@host:port`, empty for files. */
  readonly authority: string
  /** Begins with `/`; may be empty for schemes such as `docker`. */
  readonly path: string
}

const URL_PATTERN = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/]*))?(.*)$/

/** Takes a URL or an absolute path (which counts as `file://`) apart; `undefined` when it is neither. */
export function parseFileUrl(text: string): FileUrl | undefined {
  if (text.startsWith('/')) return { scheme: 'file', authority: '', path: text }
  const match = URL_PATTERN.exec(text)
  if (match === null) return undefined
  const [, scheme = '', authority = '', path = ''] = match
  return { scheme: scheme.toLowerCase(), authority, path }
}

/** The place as URL: an absolute path gets `file://` in front. */
export function asUrl(pfn: string): string {
  return pfn.startsWith('/') ? `file://${pfn}` : pfn
}

/** True for a file URL and for an absolute path. */
export function isFileUrl(pfn: string): boolean {
  return pfn.startsWith('/') || /^file:/i.test(pfn)
}

/** Joins a URL prefix and parts of a path with single slashes. */
export function joinUrl(prefix: string, ...parts: readonly string[]): string {
  let url = prefix.replace(/\/+$/, '')
  for (const part of parts) {
    const trimmed = part.replace(/^\/+/, '')
    if (trimmed !== '') url += `/${trimmed}`
  }
  return url
}

/** Path of a file URL, or of a URL whose server exports the path unchanged. */
export function urlPath(url: string): string {
  return parseFileUrl(url)?.path ?? url
}
