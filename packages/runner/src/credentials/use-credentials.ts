import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { s3Transfer } from '../transfer/s3-transfer.ts'
import { sshTransfer } from '../transfer/ssh-transfer.ts'
import type { Transfer } from '../transfer/transfer.ts'
import type { Credentials, SshCredentials } from './credentials.ts'

/**
 * Ways to move files with credentials that came along. Files that other programs must read go into a folder that only its owner
 * enters. The environment of this process, and with it that of the jobs' programs, stays as it is.
 *
 * @param folder is made; its owner removes it
 */
export function credentialedTransfers(credentials: Credentials, folder: string): readonly Transfer[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { variables, sections, ssh } = credentials
  const keys = join(folder, 'credentials.conf')
  writeSecret(keys, sections.map(([name, entries]) => `[${name}]\n${settingLines(entries, ' = ')}`).join(''))
  // What the node itself has for its user is not asked: the submitting side decides.
  const environment = { ...variables, PEGASUS_CREDENTIALS: keys, HOME: folder }
  return [
    s3Transfer({ environment }),
    ...(ssh === undefined ? [] : [sshTransfer({ configFile: writeSsh(ssh, folder) })]),
  ]
}

/** Settings, key and host keys for OpenSSH. @returns the file of settings */
function writeSsh({ privateKey, hosts }: SshCredentials, folder: string): string {
  const at = (name: string): string => join(folder, name)
  writeSecret(at('key'), privateKey)
  writeSecret(at('known_hosts'), hosts.map(({ knownHosts }) => knownHosts).join(''))
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
  writeSecret(at('ssh_config'), `${entries.join('')}Host *\n${settingLines(common, ' ')}`)
  return at('ssh_config')
}

function settingLines(entries: readonly (readonly [string, string])[], mark: string): string {
  return entries.map(([key, value]) => `${key}${mark}${value}\n`).join('')
}

function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 })
}
