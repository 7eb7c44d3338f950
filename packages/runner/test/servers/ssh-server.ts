import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keptFolder } from '../../../../testing/folders.ts'
import { freePort } from './free-port.ts'
import { runningServer } from './running-server.ts'

/** A server of OpenSSH on this machine. */
export interface SshServer {
  readonly port: number
  /** Settings for ssh with a key that the server takes and with the server's key. */
  readonly config: string
  /** The key that the server takes. */
  readonly key: { readonly path: string; readonly text: string }
  /** Settings with a key that it does not take. */
  readonly strangerConfig: string
  /** Settings that know another key for the server. */
  readonly impostorConfig: string
}

/** Debian's place of the server; it must be called by its whole path. */
export const SSHD = '/usr/sbin/sshd'

/** Starts a server for the tests of the file. */
export async function sshServer(): Promise<SshServer> {
  const folder = keptFolder()
  const at = (name: string): string => join(folder, name)
  for (const name of ['host', 'id', 'stranger', 'impostor'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  const port = await freePort()
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('id.pub')}`,
      `PidFile ${at('pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  )
  await runningServer([SSHD, '-D', '-e', '-f', at('sshd_config')], port)
  const config = (name: string, identity: string, hostKey: string): string => {
    const key = readFileSync(at(`${hostKey}.pub`), 'utf8')
      .split(' ', 2)
      .join(' ')
    writeFileSync(at(`${name}.known`), `[127.0.0.1]:${port} ${key}\n`)
    const lines = [
      'Host *',
      `IdentityFile ${at(identity)}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${at(`${name}.known`)}`,
    ]
    writeFileSync(at(name), `${lines.join('\n')}\n`)
    return at(name)
  }
  return {
    port,
    config: config('good', 'id', 'host'),
    key: { path: at('id'), text: readFileSync(at('id'), 'utf8') },
    strangerConfig: config('bad-key', 'stranger', 'host'),
    impostorConfig: config('bad-host', 'id', 'impostor'),
  }
}
