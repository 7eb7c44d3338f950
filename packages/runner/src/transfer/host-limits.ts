import { filePathOf } from '../files/file-url.ts'

/** Files that are moved from or to one host at a time, unless the caller says otherwise. */
export const FILES_PER_HOST = 4

/** Bounds how many files are moved from and to each host at a time, over all jobs of an engine. */
export class HostLimits {
  readonly #most: number
  readonly #hosts = new Map<string, { active: number; readonly waiting: (() => void)[] }>()

  constructor(most: number = FILES_PER_HOST) {
    this.#most = most
  }

  /** Does the work when the host of the URL has room. Files of this machine have no limit. */
  async use<Result>(url: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (filePathOf(url) !== undefined) return await work()
    const name = hostOf(url)
    const host = this.#hosts.get(name) ?? { active: 0, waiting: [] }
    this.#hosts.set(name, host)
    if (host.active < this.#most) host.active++
    else await new Promise<void>((resolve) => host.waiting.push(resolve))
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      // Who waits gets this place.
      const next = host.waiting.shift()
      if (next !== undefined) next()
      else if (--host.active === 0) this.#hosts.delete(name)
    }
  }
}

/** Scheme, host and port; a URL without host has its scheme. */
function hostOf(url: string): string {
  return (/^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i.exec(url)?.[0] ?? url).toLowerCase().replace(/\/\/.*@/, '//')
}
