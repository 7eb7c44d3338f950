/** One reason: what it is about, and a sentence. */
export interface Reason {
  /** `plan`, `site`, `executable`, `cluster`, `input`, `output`, `order`, `work`. */
  readonly topic: string
  readonly text: string
}

/** Most names that a sentence lists. */
export const MAX_LISTED = 8

/** Names as text, cut after a few. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(', ')
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} more` : shown
}

/** A number of things: `1 file`, `2 files`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
