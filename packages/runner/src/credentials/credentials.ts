/**
 * What transfers need to be let in at other places, as a worker node gets it. It travels in a file of its own that only its owner
 * reads and that is gone when its batch is; it is never part of a task, a record, a submit description or an argument.
 */
export interface Credentials {
  /** Variables of the AWS tools, for `s3://bucket/key`. */
  readonly variables: Readonly<Record<string, string>>
  /** Sections of `credentials.conf`, for `s3://USER@SITE/bucket/key`. */
  readonly sections: readonly (readonly [string, readonly (readonly [string, string])[]])[]
  readonly ssh: SshCredentials | undefined
}

/** A key for OpenSSH, and who the hosts are. */
export interface SshCredentials {
  /** Text of the private key. */
  readonly privateKey: string
  readonly hosts: readonly SshHost[]
}

/** A host as the settings of the submitting side describe it. */
export interface SshHost {
  /** As URLs name it. */
  readonly name: string
  readonly hostName: string
  readonly port: string
  readonly user: string
  /** Lines of `known_hosts`; a host without any is refused. */
  readonly knownHosts: string
}

/** File with {@link Credentials} in the folder of a batch, and in that of a task that a scheduler carries. */
export const CREDENTIALS_FILE = 'credentials.json'
