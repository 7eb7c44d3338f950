import { filePathOf, schemeOf } from '../files/file-url.ts'
import { awsVariables, credentialSections } from '../transfer/s3-settings.ts'
import type { Credentials } from './credentials.ts'
import { sshCredentials } from './ssh-credentials.ts'

/** Where credentials are. */
export interface CredentialSource {
  /** Variables of the submitting side: those of the AWS tools, `PEGASUS_CREDENTIALS`, `SSH_PRIVATE_KEY`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Settings of OpenSSH in place of the user's. */
  readonly sshConfig: string | undefined
  readonly signal: AbortSignal
}

/**
 * What a node needs to reach some places, and nothing else: for object stores endpoint, region and keys; for `scp:` and `sftp:` the key that `SSH_PRIVATE_KEY` names, if any (otherwise nodes use what their own
 * OpenSSH has).
 *
 * @returns undefined when all places are files
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED` when a key cannot be read
 */
export async function collectCredentials(
  urls: Iterable<string>,
  { environment, sshConfig, signal }: CredentialSource,
): Promise<Credentials | undefined> {
  const foreign = [...new Set(urls)].filter((url) => filePathOf(url) === undefined)
  if (foreign.length === 0) return undefined
  const stores = foreign.filter((url) => /^s3s?$/.test(schemeOf(url)))
  const secure = foreign.filter((url) => /^(?:scp|sftp)$/.test(schemeOf(url)))
  const keyFile = environment['SSH_PRIVATE_KEY']
  const hasKey = secure.length > 0 && keyFile !== undefined && keyFile !== ''
  return {
    variables: stores.some((url) => pegasusNames(url) === undefined) ? awsVariables(environment) : {},
    sections: sectionsFor(foreign, environment),
    ssh: hasKey ? await sshCredentials(secure, { keyFile, configFile: sshConfig, signal }) : undefined,
  }
}

function sectionsFor(
  urls: readonly string[],
  environment: CredentialSource['environment'],
): Credentials['sections'] {
  const { sections } = credentialSections(environment)
  const wanted = new Set(urls.flatMap((url) => pegasusNames(url) ?? []))
  return [...sections].flatMap(([name, entries]) => (wanted.has(name) ? [[name, [...entries]] as const] : []))
}

/** Sections for `s3://USER@SITE/bucket/key`. */
function pegasusNames(url: string): readonly string[] | undefined {
  const [, user, site] = /^s3s?:\/\/([^/@]+)@([^/]+)\//i.exec(url) ?? []
  return user === undefined || site === undefined ? undefined : [site, `${user}@${site}`]
}
