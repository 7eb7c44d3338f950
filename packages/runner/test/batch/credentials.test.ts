import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { runPlan } from '../../dist/index.js'
import { S3_KEYS, s3Server } from '../servers/s3-server.ts'
import { options, type Setting, setting } from './fake-site.ts'

/** The file of credentials of the one batch of a run, when it is there. */
function credentialsFile({ runDir }: Setting): string | undefined {
  const root = join(runDir, 'batch/far')
  const [batch] = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith('skyloom-')) : []
  const path = batch === undefined || batch.includes('.') ? '' : join(root, batch, 'credentials.json')
  return existsSync(path) ? path : undefined
}

function writeKeys(path: string, secret: string): void {
  writeFileSync(
    path,
    `[default]\naws_access_key_id = ${S3_KEYS.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${secret}\n`,
  )
}

test('credentials that are renewed while a job runs are those with which its products are sent', async () => {
  const folder = freshFolder()
  const [keys, begun, go] = ['keys', 'begun', 'go'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', keys)
  vi.stubEnv('AWS_ENDPOINT_URL', await s3Server())
  writeKeys(keys, 'expired')
  const all = setting([
    {
      run: ['/bin/sh', '-c', `echo star >x; : >${begun}; while [ ! -e ${go} ]; do sleep 0.05; done`],
      dataConfiguration: 'nonsharedfs',
      outputs: [
        {
          lfn: 'x',
          path: 'x',
          sizeBytes: undefined,
          target: { site: 'stage', url: 's3://data/x' },
          isStagedOut: false,
          isCheckpoint: false,
          deliverTo: [],
        },
      ],
    },
  ])
  const ended = runPlan(all.store, all.runDir, options(all, {}, { renewMs: 50 }))
  await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true)
  const file = credentialsFile(all)
  expect(readFileSync(file ?? '', 'utf8')).toContain('expired')
  writeKeys(keys, S3_KEYS.AWS_SECRET_ACCESS_KEY)
  await expect.poll(() => readFileSync(file ?? '', 'utf8'), { timeout: 20_000 }).not.toContain('expired')
  expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
  writeFileSync(go, '')
  expect(await ended).toMatchObject({ status: 'succeeded', jobs: { succeeded: 1 } })
  vi.unstubAllEnvs()
})
