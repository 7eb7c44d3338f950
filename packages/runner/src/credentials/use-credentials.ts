import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { s3Transfer } from '../transfer/s3-transfer.ts'
import { sshTransfer } from '../transfer/ssh-transfer.ts'
import type { Transfer } from '../transfer/transfer.ts'
import type { Credentials, SshCredentials } from './credentials.ts'
import { writeSecretFile } from './secret-file.ts'

/**
 * Ways to move files with credentials that came along. Files that other programs must read go into a folder that only its owner
 * enters. The environment of this process, and with it that of the jobs' programs, stays as it is.
 *
 * @param newer credentials that it did not give yet, if any: asked before each file
 * @param folder is made; its owner removes it
 * @returns none when no credentials came along
 */
export function credentialedTransfers(
  newer: () => Credentials | undefined,
  folder: string,
): readonly Transfer[] {
  const first = newer()
  if (first === undefined) return []
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Asked anew for each file.
  const environment: Record<string, string | undefined> = {}
  const take = ({ variables, sections, ssh }: Credentials): void => {
    const keys = join(folder, 'credentials.conf')
    const texts = sections.map(([name, entries]) => `[${name}]\n${settingLines(entries, ' = ')}`)
    writeSecretFile(keys, texts.join(''))
    for (const name of Object.keys(environment)) environment[name] = undefined
    // What the node itself has for its user is not asked: the submitting side decides.
    Object.assign(environment, { ...variables, PEGASUS_CREDENTIALS: keys, HOME: folder })
    if (ssh !== undefined) writeSsh(ssh, folder)
  }
  take(first)
  const prepare = (): void => {
    const credentials = newer()
    if (credentials !== undefined) take(credentials)
  }
  const secure = first.ssh === undefined ? [] : [sshTransfer({ configFile: join(folder, SSH_CONFIG) })]
  return [s3Transfer({ environment }), ...secure].map((transfer) => ({ ...transfer, prepare }))
}

const SSH_CONFIG = 'ssh_config'

/** Settings, key and host keys for OpenSSH. */
function writeSsh({ privateKey, hosts }: SshCredentials, folder: string): void {
  const at = (name: string): string => join(folder, name)
  writeSecretFile(at('key'), privateKey)
  writeSecretFile(at('known_hosts'), hosts.map(({ knownHosts }) => knownHosts).join(''))
  const common = [
    ['IdentityFile', `"${at('key')}"`],
    ['IdentitiesOnly', 'yes'],
    ['UserKnownHostsFile', `"${at('known_hosts')}"`],
    ['StrictHostKeyChecking', 'yes'],
  ] as const
  const entries = hosts.map(({ name, hostName, port, user }) => {
    const own = [['HostName', hostName], ['Port', port], ...(user === '' ? [] : [['User', user]])] as const
    return `Host ${name}\n${settingLines(own as readonly (readonly [string, string])[], ' ')}`
  })
  writeSecretFile(at(SSH_CONFIG), `${entries.join('')}Host *\n${settingLines(common, ' ')}`)
}

function settingLines(entries: readonly (readonly [string, string])[], mark: string): string {
  return entries.map(([key, value]) => `${key}${mark}${value}\n`).join('')
}
