/** Longest captured output of an attempt that is kept; the files hold all of it. */
export const MAX_CAPTURED_CHARS = 65_536

/** Captured output as it is stored: cut in the middle when too long, without NUL, which PostgreSQL cannot hold. */
export function capturedText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const clean = text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
  if (clean.length <= MAX_CAPTURED_CHARS) return clean
  const half = MAX_CAPTURED_CHARS / 2 - 40
  const gone = clean.length - 2 * half
  return `${clean.slice(0, half)}\n[... ${gone} characters left out ...]\n${clean.slice(-half)}`
}
