import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { writeFileAtomic } from '@skyloom/base/node'
import { RunnerError } from '../errors.ts'
import type { FileDigest } from '../files/file-hasher.ts'

/** An image as this machine keeps it. */
export interface CachedImage {
  /** File or folder. */
  readonly path: string
  /** Of the file from which it was made. */
  readonly digest: FileDigest
}

/** Who makes an image says so often that he is at it; after so long without a word he is gone, milliseconds. */
const SILENCE_MS = 30_000
const WORD_MS = 5000
/** Time between two looks whether another process has made an image. */
const LOOK_MS = 100
/** What nobody used for so long is removed when something is added. */
const UNUSED_MS = 30 * 24 * 3600 * 1000
/** What a process began to make is left over after so long. */
const LEFT_MS = 24 * 3600 * 1000

/**
 * Images that jobs of this machine share, by name. Whatever the number of jobs, one of them fetches or unpacks an image while
 * the others wait; it gets its name when it is complete.
 */
export class ImageCache {
  readonly #folder: string

  /** @param folder of this user alone, see {@link imageCacheFolder} */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The image of a name, made if it is not there.
   *
   * @param make writes the image to the path that it gets, and gives the digest of its source
   */
  async take(
    name: string,
    signal: AbortSignal,
    make: (path: string) => Promise<FileDigest>,
  ): Promise<CachedImage> {
    const path = join(this.#folder, name)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (;;) {
      signal.throwIfAborted()
      if (existsSync(path)) return { path, digest: await this.#use(path) }
      const lock = `${path}.lock`
      if (!(await canLock(lock))) {
        await wait(LOOK_MS, undefined, { signal })
        continue
      }
      const timer = setInterval(() => void say(lock), WORD_MS)
      try {
        if (!existsSync(path)) await this.#make(path, make)
      } finally {
        clearInterval(timer)
        await rm(lock, { recursive: true, force: true })
      }
    }
  }

  /** Takes an image out: its tool does not know it any more. */
  async forget(name: string): Promise<void> {
    await rm(join(this.#folder, name), { recursive: true, force: true })
  }

  async #make(path: string, make: (path: string) => Promise<FileDigest>): Promise<void> {
    await this.#removeUnused()
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
    try {
      const digest = await make(partial)
      // What is there is of an image that was taken out, or of a process that ended before the next line.
      await writeFileAtomic(`${path}.json`, JSON.stringify(digest), { overwrite: true })
      await rename(partial, path)
    } catch (error) {
      // Somebody who was thought to be gone has made it all the same.
      if (!existsSync(path)) throw error
    } finally {
      await rm(partial, { recursive: true, force: true })
    }
  }

  async #use(path: string): Promise<FileDigest> {
    const facts = `${path}.json`
    const now = new Date()
    await utimes(facts, now, now)
    return JSON.parse(readFileSync(facts, 'utf8')) as FileDigest
  }

  async #removeUnused(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (/\.partial(?:\.file)?$/.test(name)) await removeLeft(join(this.#folder, name))
      if (!name.endsWith('.json')) continue
      const facts = join(this.#folder, name)
      const used = await stat(facts).catch(() => undefined)
      if (used === undefined || Date.now() - used.mtimeMs < UNUSED_MS) continue
      await rm(facts.slice(0, -'.json'.length), { recursive: true, force: true })
      await rm(facts, { force: true })
    }
  }
}

/** Removes a part of an image when its maker is gone. Times that a file system takes by itself count: those of archives are older. */
async function removeLeft(path: string): Promise<void> {
  const made = await stat(path).catch(() => undefined)
  if (made !== undefined && Date.now() - made.ctimeMs > LEFT_MS)
    await rm(path, { recursive: true, force: true })
}

/** A folder as lock: it is made by one only. One whose maker says nothing any more is taken away. */
async function canLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const made = await stat(lock).catch(() => undefined)
  if (made === undefined || Date.now() - made.mtimeMs < SILENCE_MS) return false
  const stale = `${lock}.${randomBytes(4).toString('hex')}`
  try {
    await rename(lock, stale)
    await rmdir(stale)
  } catch (error) {
    // Another one took it away first.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return false
}

async function say(lock: string): Promise<void> {
  const now = new Date()
  // The lock may be gone: the work is done a moment later then.
  await utimes(lock, now, now).catch(() => undefined)
}

/**
 * Folder of images on this machine: variable `SKYLOOM_IMAGE_CACHE`, else `skyloom/images` in `XDG_CACHE_HOME` or `~/.cache`, else,
 * for jobs without a home, a folder of the user in `/var/tmp`.
 *
 * @throws {RunnerError} `RUNNER_CONTAINER` when the folder belongs to somebody else
 */
export function imageCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { SKYLOOM_IMAGE_CACHE: own, XDG_CACHE_HOME: cache, HOME: home } = environment
  if (own !== undefined && own !== '') return own
  if (cache !== undefined && isAbsolute(cache)) return join(cache, 'skyloom/images')
  if (home !== undefined && isAbsolute(home) && existsSync(home))
    return join(homedir(), '.cache/skyloom/images')
  const { uid } = userInfo()
  const folder = `/var/tmp/skyloom-images-${uid}`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const facts = lstatSync(folder)
  if (facts.isDirectory() && facts.uid === uid) return folder
  throw new RunnerError('RUNNER_CONTAINER', 'the folder of images on this machine is not one of this user', {
    where: [folder],
    found: `owner ${facts.uid}`,
    allowed: `a folder of user ${uid}`,
    remedy: "set SKYLOOM_IMAGE_CACHE in the site's profile env",
  })
}
