/** Gives names that fit a pattern, unique and always the same for one original. */
export class SafeNames {
  readonly #unsafe: RegExp
  readonly #byOriginal = new Map<string, string>()
  readonly #taken = new Set<string>()

  /** @param unsafe global pattern of the characters that are replaced by `_` */
  constructor(unsafe: RegExp) {
    this.#unsafe = unsafe
  }

  get(original: string): string {
    const known = this.#byOriginal.get(original)
    if (known !== undefined) return known
    const base = original.replaceAll(this.#unsafe, '_') || '_'
    let name = base
    for (let n = 2; this.#taken.has(name); n++) name = `${base}_${n}`
    this.#taken.add(name)
    this.#byOriginal.set(original, name)
    return name
  }
}

/** Names for job ids. */
export function jobIds(): SafeNames {
  return new SafeNames(/[^-0-9A-Za-z_]/g)
}

/** A text as a workflow name. */
export function workflowName(text: string): string {
  const name = text.replaceAll(/[\s/\\\p{Cc}]+/gu, '_').slice(0, 200)
  return name === '' || name === '.' || name === '..' ? 'workflow' : name
}

/** Last part of a path or URL. */
export function baseName(path: string): string {
  return (
    path
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? path
  )
}
