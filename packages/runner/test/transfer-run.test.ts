import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { MemoryStore, readRunRecord, runPlan } from '../dist/index.js'
import { FileHasher } from '../src/files/file-hasher.ts'
import { fileTransfer } from '../src/transfer/file-transfer.ts'
import { s3Transfer } from '../src/transfer/s3-transfer.ts'
import { Transfers } from '../src/transfer/transfer.ts'
import { S3_KEYS, s3Server } from './servers/s3-server.ts'
import { smallPlan } from './small-plan.ts'

const SHA256 = createHash('sha256').update('ORION\n').digest('hex')
let address = ''

beforeAll(async () => {
  address = await s3Server()
})

test('a run takes its inputs from an object store and leaves its results there, verified; its keys are nowhere', async () => {
  const keys = { ...S3_KEYS, AWS_ENDPOINT_URL: address }
  const transfers = new Transfers([fileTransfer, s3Transfer({ environment: keys })], new FileHasher())
  const { signal } = new AbortController()
  const put = async (text: string, url: string): Promise<void> => {
    const path = join(freshFolder(), 'file')
    writeFileSync(path, text)
    const what = {
      lfn: 'x',
      sources: [{ site: 'local', url: path, priority: 0 }],
      isLink: false,
      sizeBytes: undefined,
    }
    await transfers.move({ ...what, target: { site: 's3', url } }, undefined, signal)
  }
  await put('<!DOCTYPE html><html>log in</html>', 's3://data/login')
  await put('orion\n', 's3://data/raw.txt')
  const runDir = join(freshFolder(), 'run')
  const scratch = (lfn: string): string => `file://${join(runDir, 'scratch', lfn)}`
  const source = (url: string, priority: number) => ({ site: 's3', url, priority })
  smallPlan(runDir, [
    {
      kind: 'stage_in',
      transfers: [
        {
          lfn: 'raw.txt',
          action: 'stage_in',
          sources: [
            source('s3://data/none', 2),
            source('s3://data/login', 1),
            source('s3://data/raw.txt', 0),
          ],
          target: { site: 'local', url: scratch('raw.txt') },
          containerType: undefined,
          isLink: false,
          sizeBytes: undefined,
          sha256: undefined,
          integrity: 'verify',
        },
      ],
      children: [1],
    },
    {
      run: ['/bin/sh', '-c', 'tr a-z A-Z < raw.txt > out.txt; env'],
      reads: ['raw.txt'],
      writes: ['out.txt'],
      children: [2],
    },
    {
      kind: 'stage_out',
      transfers: [
        {
          lfn: 'out.txt',
          action: 'stage_out',
          sources: [{ site: 'local', url: scratch('out.txt'), priority: 0 }],
          target: { site: 's3', url: 's3://more/out/out.txt' },
          containerType: undefined,
          isLink: false,
          sizeBytes: undefined,
          sha256: undefined,
          integrity: 'verify',
        },
      ],
      children: [3],
    },
    {
      kind: 'registration',
      registrations: [{ lfn: 'out.txt', place: { site: 's3', url: 's3://more/out/out.txt' }, metadata: [] }],
      children: [4],
    },
    { kind: 'cleanup', removals: [{ lfn: 'raw.txt', place: { site: 's3', url: 's3://data/raw.txt' } }] },
  ])
  const store = new MemoryStore()
  const before = { ...process.env }
  Object.assign(process.env, keys)
  try {
    const { status, runId } = await runPlan(store, runDir, { policy: { backoffMs: 1 } })
    expect(status).toBe('succeeded')
    const record = JSON.stringify(await readRunRecord(store, runId), (_, value: unknown) =>
      value instanceof Map ? [...value] : value,
    )
    expect(record).toContain('s3://more/out/out.txt')
    const files = readdirSync(runDir, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    expect(texts.length).toBeGreaterThan(5)
    for (const text of [record, ...texts]) expect(text).not.toMatch(/S3RVER|X-Amz-/)
  } finally {
    process.env = before
  }
  const back = join(freshFolder(), 'back')
  expect(await transfers.fetch('s3://more/out/out.txt', back, { lfn: 'out.txt' }, signal)).toMatchObject({
    sha256: SHA256,
  })
  await expect(transfers.fetch('s3://data/raw.txt', back, { lfn: 'raw.txt' }, signal)).rejects.toThrow(/404/)
})
