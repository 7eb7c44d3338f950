import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import { iniSections } from './ini-sections.ts'

/** Where an object is and with which keys it is asked for. The keys go nowhere else. */
export interface S3Settings {
  /** URL of the bucket. */
  readonly endpoint: string
  readonly region: string
  readonly key: string
  /** Empty for a public bucket. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>
type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Settings for the URL of an object.
 *
 * `s3://bucket/key`: the variables of the AWS tools (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
 * `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`), else the profile `AWS_PROFILE` of `~/.aws/credentials` and
 * `~/.aws/config`; without any the bucket is asked as a public one.
 *
 * `s3://USER@SITE/bucket/key`: as Pegasus, sections `[SITE]` with `endpoint` and `[USER@SITE]` with `access_key` and
 * `secret_key` of the file `PEGASUS_CREDENTIALS`, else `~/.pegasus/credentials.conf`.
 *
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED` when the URL cannot be read or its section is missing
 */
export function s3Settings(url: string, environment: Environment): S3Settings {
  const match = /^s3s?:\/\/(?:([^/@]+)@([^/]+)\/)?([A-Za-z0-9][A-Za-z0-9._-]*)\/(.+)$/i.exec(url)
  const [, user, site, bucket, key] = match ?? []
  if (bucket === undefined || key === undefined || key.split('/').some((part) => /^\.{0,2}$/.test(part))) {
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'the address of the object cannot be read', {
      where: [publicUrl(url)],
      allowed: 's3://bucket/key or s3://USER@SITE/bucket/key, with no empty part and none that is . or ..',
    })
  }
  return user === undefined || site === undefined
    ? awsSettings(bucket, key, environment)
    : pegasusSettings({ url, user, site, bucket, key }, environment)
}

function awsSettings(bucket: string, key: string, environment: Environment): S3Settings {
  const { endpoint, ...account } = awsAccount(environment)
  return { endpoint: bucketUrl(endpoint, bucket), key, ...account }
}

/** Endpoint and keys that the AWS tools would use; the keys are empty for a public store. */
function awsAccount(environment: Environment): Omit<S3Settings, 'key'> {
  const given = (name: string): string | undefined =>
    environment[name] === '' ? undefined : environment[name]
  const home = given('HOME') ?? homedir()
  const profile = given('AWS_PROFILE') ?? 'default'
  const credentials = sectionsOf(given('AWS_SHARED_CREDENTIALS_FILE') ?? join(home, '.aws/credentials')).get(
    profile,
  )
  const config = sectionsOf(given('AWS_CONFIG_FILE') ?? join(home, '.aws/config'))
  const settings = config.get(profile === 'default' ? profile : `profile ${profile}`)
  const kept = (name: string): string | undefined => credentials?.get(name) ?? settings?.get(name)
  const region = given('AWS_REGION') ?? given('AWS_DEFAULT_REGION') ?? settings?.get('region') ?? 'us-east-1'
  const endpoint =
    given('AWS_ENDPOINT_URL_S3') ??
    given('AWS_ENDPOINT_URL') ??
    settings?.get('endpoint_url') ??
    `https://s3.${region}.amazonaws.com`
  const keys =
    given('AWS_ACCESS_KEY_ID') === undefined
      ? [kept('aws_access_key_id'), kept('aws_secret_access_key'), kept('aws_session_token')]
      : [given('AWS_ACCESS_KEY_ID'), given('AWS_SECRET_ACCESS_KEY'), given('AWS_SESSION_TOKEN')]
  const [accessKeyId = '', secretAccessKey = '', sessionToken] = keys
  return { endpoint, region, accessKeyId, secretAccessKey, sessionToken }
}

/** Variables by which {@link s3Settings} finds the same store with the same keys on another machine. */
export function awsVariables(environment: Environment): Readonly<Record<string, string>> {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = awsAccount(environment)
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    ...(accessKeyId === '' ? {} : { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }),
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  }
}

interface PegasusPlace {
  readonly url: string
  readonly user: string
  readonly site: string
  readonly bucket: string
  readonly key: string
}

function pegasusSettings(
  { url, user, site, bucket, key }: PegasusPlace,
  environment: Environment,
): S3Settings {
  const { file, sections } = credentialSections(environment)
  const place = sections.get(site)
  const keys = sections.get(`${user}@${site}`)
  const endpoint = place?.get('endpoint')
  if (endpoint === undefined || keys === undefined) {
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'there are no settings for this object store', {
      where: [publicUrl(url)],
      found: endpoint === undefined ? `no endpoint in a section [${site}]` : `no section [${user}@${site}]`,
      remedy: `write them into ${file}`,
    })
  }
  return {
    endpoint: bucketUrl(endpoint, bucket),
    region: place?.get('region') ?? 'us-east-1',
    key,
    accessKeyId: keys.get('access_key') ?? '',
    secretAccessKey: keys.get('secret_key') ?? '',
    sessionToken: keys.get('session_token'),
  }
}

/** Sections of the file `PEGASUS_CREDENTIALS`, else `~/.pegasus/credentials.conf`; none when it is not there. */
export function credentialSections(environment: Environment): {
  readonly file: string
  readonly sections: Sections
} {
  const file =
    environment['PEGASUS_CREDENTIALS'] ?? join(environment['HOME'] ?? homedir(), '.pegasus/credentials.conf')
  return { file, sections: sectionsOf(file) }
}

function bucketUrl(endpoint: string, bucket: string): string {
  return `${endpoint.replace(/\/+$/, '')}/${bucket}`
}

/** Sections of a file; none when there is no such file. */
function sectionsOf(file: string): Sections {
  try {
    return iniSections(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map()
    throw cause
  }
}
