import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { nginxServer } from '../../packages/runner/test/servers/nginx-server.ts'
import { S3_KEYS, s3Server } from '../../packages/runner/test/servers/s3-server.ts'
import { sshServer } from '../../packages/runner/test/servers/ssh-server.ts'
import { keptFolder } from '../../testing/folders.ts'

/** A server of this machine through which nodes get and send files. */
export interface StagingPlace {
  /** URL of its directory. */
  readonly url: string
  /** Variables by which the submitting side is let in. */
  readonly environment: Readonly<Record<string, string>>
  /** Further words of `run start`. */
  readonly words: readonly string[]
  /** Texts that must be in no record of a run. */
  readonly secrets: readonly string[]
}

/** Starts a place, for the tests of a file, by the scheme of its URLs. */
export const stagingPlaces = {
  /** A web server that takes files by PUT. */
  http: async (): Promise<StagingPlace> => {
    const root = keptFolder()
    mkdirSync(join(root, 'stage'))
    const places =
      'location /stage { dav_methods PUT DELETE MKCOL; create_full_put_path on; client_max_body_size 0; }'
    return { url: `${await nginxServer(root, places)}/stage`, environment: {}, words: [], secrets: [] }
  },
  /** An object store that verifies signatures. */
  s3: async (): Promise<StagingPlace> => {
    const environment = { ...S3_KEYS, AWS_ENDPOINT_URL: await s3Server() }
    return { url: 's3://data/stage', environment, words: [], secrets: [S3_KEYS.AWS_SECRET_ACCESS_KEY] }
  },
  /** A server of OpenSSH that takes one key. */
  sftp: async (): Promise<StagingPlace> => {
    const { port, config, key } = await sshServer()
    return {
      url: `sftp://root@127.0.0.1:${port}${keptFolder()}/stage`,
      environment: { SSH_PRIVATE_KEY: key.path },
      words: ['--ssh-config', config],
      secrets: [key.text.split('\n')[2] ?? ''],
    }
  },
} as const

/** Scheme of a place. */
export type StagingScheme = keyof typeof stagingPlaces
