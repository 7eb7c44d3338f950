import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { RunnerError } from '../errors.ts'
import { sshPlace } from '../transfer/ssh-transfer.ts'
import { ProgramFault, runTransferProgram } from '../transfer/transfer-program.ts'
import type { SshCredentials, SshHost } from './credentials.ts'

/** Where the key is and how hosts are described. */
export interface SshSource {
  /** File with the private key; it has no passphrase, since nobody is asked on a node. */
  readonly keyFile: string
  /** Settings in place of the user's `~/.ssh/config`. */
  readonly configFile: string | undefined
  readonly signal: AbortSignal
}

/**
 * The key with what is known here of the hosts of some `scp:` and `sftp:` URLs: true names, users and host keys, as `ssh -G` and
 * `ssh-keygen -F` tell them.
 *
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED` when the key cannot be read or OpenSSH is not here
 */
export async function sshCredentials(urls: readonly string[], source: SshSource): Promise<SshCredentials> {
  const hosts = new Map<string, SshHost>()
  for (const url of urls) {
    const { host, port } = sshPlace(url)
    const key = `${host} ${port ?? ''}`
    if (!hosts.has(key)) hosts.set(key, await hostOf(url, host, port, source))
  }
  return { privateKey: await keyText(source.keyFile), hosts: [...hosts.values()] }
}

async function keyText(file: string): Promise<string> {
  const path = file.replace(/^~(?=\/)/, homedir())
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'the key for ssh cannot be read', {
      where: [path],
      remedy: 'correct SSH_PRIVATE_KEY, in the environment or in a profile env of the site catalog',
      cause,
    })
  }
}

async function hostOf(
  url: string,
  name: string,
  port: string | undefined,
  { configFile, signal }: SshSource,
): Promise<SshHost> {
  const own = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(port === undefined ? [] : ['-p', port]),
  ]
  const ask = async (argv: readonly string[]): Promise<string> => {
    try {
      return await runTransferProgram({ argv, url, signal })
    } catch (cause) {
      // ssh-keygen -F says so when it knows nothing of a host, or has no such file.
      if (cause instanceof ProgramFault && cause.exitCode !== undefined) return ''
      throw cause
    }
  }
  const settings = new Map<string, string>()
  for (const line of (await ask(['ssh', '-G', ...own, '--', name])).split('\n')) {
    const at = line.indexOf(' ')
    if (at > 0 && !settings.has(line.slice(0, at))) settings.set(line.slice(0, at), line.slice(at + 1))
  }
  const hostName = settings.get('hostname') ?? name
  const truePort = settings.get('port') ?? port ?? '22'
  const known = settings.get('hostkeyalias') ?? (truePort === '22' ? hostName : `[${hostName}]:${truePort}`)
  const files = ['userknownhostsfile', 'globalknownhostsfile'].flatMap((key) =>
    (settings.get(key) ?? '').split(' ').filter((file) => file !== '' && file !== 'none'),
  )
  const lines: string[] = []
  for (const file of files) {
    const path = file.replace(/^~(?=\/)/, homedir())
    const found = await ask(['ssh-keygen', '-F', known, '-f', path])
    lines.push(...found.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
  }
  const user = settings.get('user') ?? ''
  return { name, hostName, port: truePort, user, knownHosts: lines.map((line) => `${line}\n`).join('') }
}
