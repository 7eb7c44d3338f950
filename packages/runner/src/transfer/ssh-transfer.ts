import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import { type RetryOptions, withRetries } from './retry.ts'
import type { Transfer, TransferOptions } from './transfer.ts'
import { ProgramFault, programError, runTransferProgram } from './transfer-program.ts'

/** How OpenSSH is called. */
export interface SshOptions extends RetryOptions {
  /** Its settings in place of the user's `~/.ssh/config`. */
  readonly configFile?: string | undefined
}

/** A file on another machine. */
export interface SshPlace {
  readonly user: string | undefined
  readonly host: string
  readonly port: string | undefined
  readonly path: string
}

/** Names as they are, and messages in English whatever the user's language is. */
const PLAIN_WORDS = { LC_ALL: 'C.UTF-8' }
/** Exit code of ssh for a connection that could not be made or broke off. */
const CONNECTION_LOST = 255
/** Words of OpenSSH about what another try does not change. */
const LASTING =
  /host key verification failed|permission denied|no such file|could not resolve|bad configuration/i

/**
 * Moves files by OpenSSH's `sftp` (URLs `scp:` and `sftp:`), with the user's keys, jump hosts and settings. Nothing is asked
 * on the terminal: a host that is not in `known_hosts` is refused unless the user's settings say otherwise. No shell reads
 * names, neither here nor there. Files are sent under a temporary name and renamed when their size is right.
 */
export function sshTransfer(options: SshOptions = {}): Transfer {
  const batch = async (
    url: string,
    lines: readonly string[],
    { signal }: TransferOptions,
  ): Promise<string> => {
    const argv = sftpCommand(sshPlace(url), options)
    // A dash before a line lets the batch go on when it fails.
    const input = `${lines.join('\n')}\n`
    try {
      return await withRetries(
        async () => await runTransferProgram({ argv, input, url, signal, environment: PLAIN_WORDS }),
        isTemporary,
        signal,
        options,
      )
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof RunnerError) throw cause
      throw programError(url, cause, remedyFor(cause))
    }
  }
  const sizeOf = async (url: string, path: string, request: TransferOptions): Promise<number | undefined> =>
    sizeIn(await batch(url, [`-ls -ln ${quoted(path, url)}`], request))
  return {
    schemes: ['scp', 'sftp'],
    async get(url, path, request) {
      await batch(url, [`get ${quoted(sshPlace(url).path, url)} ${quoted(path, url)}`], request)
    },
    async put(path, url, request) {
      const target = sshPlace(url).path
      const partial = `${posix.dirname(target)}/.${posix.basename(target)}${PARTIAL_MARK}${randomBytes(6).toString('hex')}`
      const { size } = await stat(path)
      const name = quoted(partial, url)
      const lines = [...makeFolders(url, target), `put ${quoted(path, url)} ${name}`, `ls -ln ${name}`]
      const there = sizeIn(await batch(url, lines, request))
      if (there !== size) {
        await batch(url, [`-rm ${quoted(partial, url)}`], request)
        throw programError(url, new Error(`${there ?? 'no'} bytes arrived of ${size}`))
      }
      try {
        await batch(url, [`rename ${quoted(partial, url)} ${quoted(target, url)}`], request)
      } catch (error) {
        // The connection may have broken off after the renaming.
        const isDone =
          (await sizeOf(url, partial, request)) === undefined && (await sizeOf(url, target, request)) === size
        if (!isDone) throw error
      }
    },
    async makeDirectory(url, request) {
      await batch(url, makeFolders(url, `${sshPlace(url).path}/x`), request)
    },
    async remove(url, request) {
      const { path } = sshPlace(url)
      if ((await sizeOf(url, path, request)) === undefined) return
      await batch(url, [`rm ${quoted(path, url)}`], request)
    },
    async removeDirectory(url, request) {
      const { path } = sshPlace(url)
      const top = path.replace(/\/+$/, '')
      const isThere = async (): Promise<boolean> => {
        const above = await batch(url, [`-ls -lan ${quoted(posix.dirname(top), url)}`], request)
        return entriesIn(above, posix.dirname(top)).some(({ name }) => name === posix.basename(top))
      }
      if (!(await isThere())) return
      // Folders from the top down; they go from the bottom up.
      const folders = [top]
      for (let at = 0; at < folders.length; at++) {
        const folder = folders[at] ?? top
        const listing = await batch(url, [`ls -lan ${quoted(folder, url)}`], request)
        const entries = entriesIn(listing, folder)
        folders.push(...entries.flatMap(({ isFolder, name }) => (isFolder ? [`${folder}/${name}`] : [])))
        const files = entries.filter(({ isFolder }) => !isFolder)
        if (files.length > 0)
          await batch(
            url,
            files.map(({ name }) => `-rm ${quoted(`${folder}/${name}`, url)}`),
            request,
          )
      }
      // A file that is left holds its folder.
      await batch(
        url,
        folders.toReversed().map((folder) => `-rmdir ${quoted(folder, url)}`),
        request,
      )
      if (await isThere())
        throw programError(url, new Error('something in the directory could not be removed'))
    },
  }
}

/** Entries in a long listing of a folder, itself and the one above left out. */
function entriesIn(
  listing: string,
  folder: string,
): readonly { readonly name: string; readonly isFolder: boolean }[] {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return listing.split('\n').flatMap((line) => {
    const [, type, place] = /^([a-z-])\S+\s+\S+\s+\S+\s+\S+\s+\d+\s+\S+\s+\S+\s+\S+ (.+)$/.exec(line) ?? []
    if (place === undefined) return []
    const name = place.startsWith(prefix) ? place.slice(prefix.length) : place
    return name === '.' || name === '..' ? [] : [{ name, isFolder: type === 'd' }]
  })
}

/** @throws {RunnerError} `RUNNER_TRANSFER_FAILED` for a URL that OpenSSH could take for an option */
export function sshPlace(url: string): SshPlace {
  const match =
    /^(?:scp|sftp):\/\/(?:([^@/]*)@)?(\[[0-9a-f:.%]+\]|[A-Za-z0-9][A-Za-z0-9_.-]*)(?::(\d+))?(\/.*)$/is.exec(
      url,
    )
  const [, user, host, port, path] = match ?? []
  if (host === undefined || path === undefined || (user !== undefined && !/^\w[\w.+-]*$/.test(user))) {
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'the place on another machine cannot be read', {
      where: [publicUrl(url)],
      allowed: 'sftp://[user@]host[:port]/absolute/path; keys and passwords belong into the settings of ssh',
    })
  }
  return { user, host: host.replaceAll(/[[\]]/g, ''), port, path: path.replace(/^\/(~\/)/, '$1') }
}

function sftpCommand({ user, host, port }: SshPlace, { configFile }: SshOptions): readonly string[] {
  return [
    'sftp',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...['-b', '-'],
    ...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=20'],
    ...['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'],
    ...(port === undefined ? [] : ['-P', port]),
    ...(user === undefined ? [] : ['-o', `User=${user}`]),
    '--',
    host.includes(':') ? `[${host}]` : host,
  ]
}

/** A name as one word of a batch of sftp, in which it takes no part of it for a pattern. */
function quoted(path: string, url: string): string {
  if (!/\p{Cc}/u.test(path)) return `"${path.replaceAll(/["\\]/g, '\\$&')}"`
  throw new RunnerError(
    'RUNNER_TRANSFER_FAILED',
    'names with control characters cannot be moved by OpenSSH',
    {
      where: [publicUrl(url)],
    },
  )
}

/** Lines that make all folders above a file; those that are there are no fault. */
function makeFolders(url: string, path: string): readonly string[] {
  const folders: string[] = []
  for (let folder = posix.dirname(path); folder !== '/' && folder !== '.'; folder = posix.dirname(folder))
    folders.unshift(`-mkdir ${quoted(folder, url)}`)
  return folders
}

/** Size in a long listing of one file. */
function sizeIn(listing: string): number | undefined {
  const match = /^-\S+\s+\S+\s+\S+\s+\S+\s+(\d+)\s/m.exec(listing)
  return match === null ? undefined : Number(match[1])
}

function isTemporary(error: unknown): boolean {
  if (!(error instanceof ProgramFault) || LASTING.test(error.stderr)) return false
  return (
    error.exitCode === CONNECTION_LOST || /connection (?:closed|reset|timed out|refused)/i.test(error.stderr)
  )
}

function remedyFor(cause: unknown): string | undefined {
  if (!(cause instanceof ProgramFault)) return undefined
  if (/host key verification failed/i.test(cause.stderr))
    return 'call ssh for this host once by hand, compare its key with what its administrators publish, and accept it'
  if (/permission denied \(/i.test(cause.stderr))
    return 'give ssh a key for this host: an agent, or IdentityFile in ~/.ssh/config'
  return undefined
}
