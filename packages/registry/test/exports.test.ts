import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import {
  openRegistry,
  productFileId,
  provDocument,
  type Registry,
  roCrate,
  sourceFileId,
  verifyStorage,
} from '../src/index.ts'
import { DIALECTS, databases } from './databases.ts'

const { open } = databases()
const RAW = sourceFileId('raw, 1.fits', 'a'.repeat(64))
const PROJECTED = productFileId('run-1', 'p.fits')
const MOSAIC = productFileId('run-1', 'mosaic.fits')

/** Two jobs: `project` fails once and succeeds, `add` makes the mosaic. A killed engine, then another. */
async function fill(registry: Registry, folder = '/data'): Promise<void> {
  await registry.runs.create({
    id: 'run-1',
    label: 'm42',
    user: 'ada',
    host: 'laptop',
    directory: '/runs/1',
    createdMs: 1_000_000,
  })
  const lease = await registry.runs.acquireLease('run-1', 'engine', 1000)
  const job = (jobId: string, transformation: string, kind = 'compute') => ({
    jobId,
    kind,
    transformation,
    state: 'succeeded' as const,
    attemptCount: 1,
    maxRetries: 2,
    priority: 0,
    taskCount: 1,
    changedMs: 0,
  })
  const attempt = (jobId: string, number: number, startMs: number, exitCode: number) => ({
    jobId,
    attempt: number,
    state: exitCode === 0 ? ('succeeded' as const) : ('failed' as const),
    executor: 'process',
    externalId: '4711',
    site: 'local',
    host: 'laptop',
    submittedMs: startMs - 500,
    startedMs: startMs,
    endedMs: startMs + 2000,
    exitCode,
    cores: 2,
    stderr: exitCode === 0 ? null : 'no space',
  })
  const invocation = (jobId: string, number: number, startMs: number, exitCode: number, taskId?: string) => ({
    jobId,
    attempt: number,
    task: 1,
    taskId,
    transformation: jobId === 'add' ? 'mAdd' : 'mProject',
    executable: `/usr/bin/${jobId}`,
    programVersion: '6.0',
    programSha256: 'f'.repeat(64),
    arguments: ['-x', 'raw, 1.fits', "o'clock"],
    site: 'local',
    host: 'laptop',
    ip: '127.0.0.1',
    startMs,
    durationMs: 1500,
    cpuMs: 750,
    maxRssBytes: 2048 * 1024,
    exitCode,
  })
  await registry.runs.commit('run-1', lease.isHeld ? 0 : lease.token, {
    run: { state: 'succeeded', startedMs: 1_001_000, endedMs: 1_020_000, exitCode: 0 },
    events: [
      { seq: 1, timeMs: 1_001_000, type: 'run-opened' },
      { seq: 2, timeMs: 1_010_000, type: 'run-opened' },
      { seq: 3, timeMs: 1_020_000, type: 'run-ended' },
    ],
    jobs: [job('project', 'mProject'), job('add', 'mAdd'), job('clean', 'cleanup', 'cleanup')],
    edges: [
      { parent: 'project', child: 'add' },
      { parent: 'add', child: 'clean' },
    ],
    attempts: [
      attempt('project', 1, 1_002_000, 2),
      attempt('project', 2, 1_005_000, 0),
      attempt('add', 1, 1_012_000, 0),
    ],
    invocations: [
      invocation('project', 1, 1_002_100, 2, 'ID1'),
      invocation('project', 2, 1_005_100, 0, 'ID1'),
      invocation('add', 1, 1_012_100, 0, 'ID2'),
    ],
    files: [
      { id: RAW, lfn: 'raw, 1.fits', sizeBytes: 3, sha256: 'a'.repeat(64), metadata: { band: 'J' } },
      { id: PROJECTED, lfn: 'p.fits' },
      { id: MOSAIC, lfn: 'mosaic.fits', sizeBytes: 5, sha256: 'b'.repeat(64) },
    ],
    replicas: [
      { fileId: RAW, site: 'archive', pfn: 'https://archive.example/raw%201.fits' },
      { fileId: MOSAIC, site: 'local', pfn: join(folder, 'mosaic.fits') },
    ],
    used: [
      { jobId: 'project', attempt: 2, fileId: RAW },
      { jobId: 'add', attempt: 1, fileId: PROJECTED },
    ],
    generated: [
      { jobId: 'project', attempt: 2, fileId: PROJECTED },
      { jobId: 'add', attempt: 1, fileId: MOSAIC },
    ],
  })
}

test('PROV-JSON says what was used, made, derived and by whom, with names that resolve', async () => {
  await using registry = await openRegistry('sqlite::memory:')
  await fill(registry)
  const trace = await registry.files.trace([MOSAIC], { direction: 'ancestors' })
  const document = provDocument(trace, [await registry.runs.get('run-1')])
  const raw = 'sky:file/sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%2Fraw%2C%201.fits'
  const projected = 'sky:file/run-1%2Fp.fits'
  const mosaic = 'sky:file/run-1%2Fmosaic.fits'
  expect(document.entity).toEqual({
    [raw]: {
      'prov:label': 'raw, 1.fits',
      'sky:fileType': 'file',
      'sky:sha256': 'a'.repeat(64),
      'sky:sizeBytes': { $: '3', type: 'xsd:long' },
    },
    [projected]: { 'prov:label': 'p.fits', 'sky:fileType': 'file' },
    [mosaic]: {
      'prov:label': 'mosaic.fits',
      'sky:fileType': 'file',
      'sky:sha256': 'b'.repeat(64),
      'sky:sizeBytes': { $: '5', type: 'xsd:long' },
    },
  })
  expect(document.activity['sky:invocation/run-1/add/1/1']).toMatchObject({
    'prov:startTime': '1970-01-01T00:16:52.100Z',
    'prov:endTime': '1970-01-01T00:16:53.600Z',
    'sky:transformation': 'mAdd',
    'sky:arguments': '["-x","raw, 1.fits","o\'clock"]',
  })
  expect(Object.values(document.used)).toContainEqual({
    'prov:activity': 'sky:invocation/run-1/project/2/1',
    'prov:entity': raw,
  })
  expect(Object.values(document.wasGeneratedBy)).toContainEqual({
    'prov:entity': mosaic,
    'prov:activity': 'sky:invocation/run-1/add/1/1',
    'prov:time': '1970-01-01T00:16:53.600Z',
  })
  expect(Object.values(document.wasDerivedFrom)).toEqual([
    expect.objectContaining({ 'prov:generatedEntity': mosaic, 'prov:usedEntity': projected }),
    expect.objectContaining({ 'prov:generatedEntity': projected, 'prov:usedEntity': raw }),
  ])
  // Every name that a relation uses is declared, and every prefix, too.
  const declared = new Set([document.entity, document.activity, document.agent].flatMap(Object.keys))
  const relations = [
    document.used,
    document.wasGeneratedBy,
    document.wasDerivedFrom,
    document.wasAssociatedWith,
    document.actedOnBehalfOf,
  ]
  const names = relations
    .flatMap((relation) => Object.values(relation))
    .flatMap((attributes) => Object.entries(attributes).filter(([key]) => key !== 'prov:time'))
  expect(names.length).toBeGreaterThan(10)
  for (const [, name] of names) expect(declared).toContain(name)
  expect(Object.keys(document.prefix)).toEqual(['sky', 'xsd'])
})

test('an RO-Crate describes itself, its files, actions, programs and people by RO-Crate 1.1', async () => {
  await using registry = await openRegistry('sqlite::memory:')
  await fill(registry, '/crate/out')
  const trace = await registry.files.trace([MOSAIC], { direction: 'ancestors' })
  const details = await Promise.all(trace.files.map(async ({ id }) => await registry.files.get(id)))
  const document = roCrate(trace, details, [await registry.runs.get('run-1')], {
    folder: '/crate',
    name: 'M 42',
    description: 'a mosaic',
    license: 'https://creativecommons.org/licenses/by/4.0/',
    publishedMs: 0,
  })
  // As a reader sees it.
  const crate = JSON.parse(JSON.stringify(document)) as { '@graph': Record<string, unknown>[] }
  const byId = new Map(crate['@graph'].map((entity) => [entity['@id'], entity]))
  expect(byId.size).toBe(crate['@graph'].length)
  expect(byId.get('ro-crate-metadata.json')).toEqual({
    '@id': 'ro-crate-metadata.json',
    '@type': 'CreativeWork',
    conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
    about: { '@id': './' },
  })
  expect(byId.get('./')).toMatchObject({
    '@type': 'Dataset',
    name: 'M 42',
    description: 'a mosaic',
    datePublished: '1970-01-01T00:00:00.000Z',
    license: { '@id': 'https://creativecommons.org/licenses/by/4.0/' },
    mainEntity: { '@id': 'out/mosaic.fits' },
    hasPart: [{ '@id': 'out/mosaic.fits' }, { '@id': 'https://archive.example/raw%201.fits' }],
  })
  expect(byId.get('out/mosaic.fits')).toMatchObject({
    '@type': 'File',
    name: 'mosaic.fits',
    contentSize: '5',
    sha256: 'b'.repeat(64),
    encodingFormat: 'application/fits',
  })
  expect(byId.get('#action/run-1/add/1/1')).toMatchObject({
    '@type': 'CreateAction',
    instrument: { '@id': `#program/${'f'.repeat(64)}` },
    object: [{ '@id': '#run-1%2Fp.fits' }],
    result: [{ '@id': 'out/mosaic.fits' }],
    endTime: '1970-01-01T00:16:53.600Z',
  })
  // Every reference leads to an entity of the crate, but for terms of vocabularies.
  const references = [...JSON.stringify(crate['@graph']).matchAll(/\{"@id":"([^"]*)"\}/g)].map(([, id]) => id)
  const outside = references.filter(
    (id) => !byId.has(id) && !/^https?:\/\/(schema\.org|w3id\.org)\//.test(id ?? ''),
  )
  expect(outside).toEqual([])
})

describe.for(DIALECTS)('the stampede database of a run in %s', (dialect) => {
  test('answers the queries of Pegasus statistics', async () => {
    await using registry = await open(dialect)
    await fill(registry)
    const path = join(freshFolder(), 'm42.stampede.db')
    await registry.exportStampede('run-1', path)
    const database = new Database(path, { readonly: true })
    const one = (sql: string): unknown => database.prepare(sql).get()
    const all = (sql: string): unknown => database.prepare(sql).all()
    expect(one('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
    expect(all('PRAGMA foreign_key_check')).toEqual([])
    // Jobs: total, succeeded by their last instance, retries.
    expect(one("SELECT count(*) AS n FROM job WHERE type_desc NOT IN ('dax', 'dag')")).toEqual({ n: 3 })
    const last = `SELECT i.job_id, max(i.job_submit_seq) AS seq FROM job_instance i GROUP BY i.job_id`
    const succeeded = `SELECT count(*) AS n FROM (${last}) l JOIN job_instance i ON i.job_id = l.job_id
      AND i.job_submit_seq = l.seq JOIN jobstate s ON s.job_instance_id = i.job_instance_id AND s.state = 'JOB_SUCCESS'`
    expect(one(succeeded)).toEqual({ n: 2 })
    expect(one('SELECT count(*) - count(DISTINCT job_id) AS n FROM job_instance')).toEqual({ n: 1 })
    // Tasks: total, succeeded by their last invocation.
    expect(one('SELECT count(*) AS n FROM task')).toEqual({ n: 2 })
    expect(
      one(
        'SELECT count(DISTINCT abs_task_id) AS n FROM invocation WHERE exitcode = 0 AND task_submit_seq >= 0',
      ),
    ).toEqual({ n: 2 })
    // Wall time of the workflow: both engines; cumulative time of jobs with the cores; badput.
    const wall = `SELECT sum(CASE state WHEN 'WORKFLOW_TERMINATED' THEN timestamp ELSE -timestamp END) AS s FROM workflowstate`
    expect(one(wall)).toEqual({ s: 19 })
    const cumulative = (where: string): string =>
      `SELECT sum(remote_duration * multiplier_factor) AS s FROM invocation v
       JOIN job_instance i ON i.job_instance_id = v.job_instance_id WHERE v.task_submit_seq >= 0 AND ${where}`
    expect(one(cumulative('1'))).toEqual({ s: 9 })
    expect(one(cumulative('v.exitcode > 0'))).toEqual({ s: 3 })
    expect(one('SELECT sum(local_duration * multiplier_factor) AS s FROM job_instance')).toEqual({ s: 12 })
    // Breakdown by transformation.
    expect(
      all(`SELECT transformation, count(*) AS n, min(maxrss) AS rss, avg(avg_cpu) AS cpu FROM invocation
           GROUP BY transformation ORDER BY transformation`),
    ).toEqual([
      { transformation: 'mAdd', n: 1, rss: 2048, cpu: 0.5 },
      { transformation: 'mProject', n: 2, rss: 2048, cpu: 0.5 },
    ])
    expect(all('SELECT state, timestamp, restart_count, status FROM workflowstate ORDER BY rowid')).toEqual([
      { state: 'WORKFLOW_STARTED', timestamp: 1001, restart_count: 0, status: null },
      { state: 'WORKFLOW_TERMINATED', timestamp: 1010, restart_count: 0, status: 1 },
      { state: 'WORKFLOW_STARTED', timestamp: 1010, restart_count: 1, status: null },
      { state: 'WORKFLOW_TERMINATED', timestamp: 1020, restart_count: 1, status: 0 },
    ])
    expect(all('SELECT exec_job_id, type_desc FROM job ORDER BY exec_job_id')).toEqual([
      { exec_job_id: 'add', type_desc: 'compute' },
      { exec_job_id: 'clean', type_desc: 'cleanup' },
      { exec_job_id: 'project', type_desc: 'compute' },
    ])
    expect(one('SELECT exitcode, argv FROM invocation WHERE exitcode <> 0')).toEqual({
      exitcode: 512,
      argv: `-x 'raw, 1.fits' 'o'\\''clock'`,
    })
    expect(all('SELECT * FROM task_edge')).toEqual([
      { wf_id: 1, parent_abs_task_id: 'ID1', child_abs_task_id: 'ID2' },
    ])
    expect(
      all(`SELECT l.lfn, f.file_type FROM workflow_files f JOIN rc_lfn l ON l.lfn_id = f.lfn_id
           JOIN task t ON t.task_id = f.task_id WHERE t.abs_task_id = 'ID2' ORDER BY l.lfn`),
    ).toEqual([
      { lfn: 'mosaic.fits', file_type: 'output' },
      { lfn: 'p.fits', file_type: 'input' },
    ])
    database.close()
  })
})

describe.skipIf(skipShared)('the tables of a stampede database', () => {
  test('are those of databases that Pegasus 5 wrote', async () => {
    await using registry = await openRegistry('sqlite::memory:')
    await fill(registry)
    const path = join(freshFolder(), 'ours.db')
    await registry.exportStampede('run-1', path)
    const theirs = sharedPath('corpus/pegasus/runs/process_wf_success/process-0.stampede.db')
    expect(tablesOf(path)).toEqual(tablesOf(theirs))
  })
})

/** Columns, keys, unique groups and foreign keys of each table. */
function tablesOf(path: string): unknown {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[]
  const tables = names.map((name) => {
    const columns = database.prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?)').all(name)
    const keys = database
      .prepare('SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY 1, 2')
      .all(name)
    const unique = database
      .prepare(
        `SELECT group_concat(i.name) AS columns FROM pragma_index_list(?) l, pragma_index_info(l.name) i
         WHERE l."unique" = 1 GROUP BY l.name ORDER BY 1`,
      )
      .all(name)
    const indices = database
      .prepare(`SELECT name FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name`)
      .pluck()
      .all(name)
    return { name, columns, keys, unique, indices }
  })
  database.close()
  return tables
}

describe.for(DIALECTS)('a comparison of storage and registry in %s', (dialect) => {
  test('finds every changed, lost and stray file, and what was made from them', async () => {
    await using registry = await open(dialect)
    const folder = join(freshFolder(), 'store')
    mkdirSync(join(folder, 'deep'), { recursive: true })
    const names = ['good', 'flipped', 'short', 'lost', 'deep/unknown', 'twice']
    const { createHash } = await import('node:crypto')
    const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    const bytesOf = (name: string): Uint8Array => new TextEncoder().encode(`content of ${name}`)
    for (const name of names) {
      writeFileSync(join(folder, name), bytesOf(name))
      await registry.files.add({
        files: [
          {
            id: name,
            lfn: name,
            sizeBytes: bytesOf(name).length,
            ...(name === 'deep/unknown' ? {} : { sha256: sha(bytesOf(name)) }),
          },
        ],
        replicas: [{ fileId: name, site: 'local', pfn: join(folder, name) }],
      })
    }
    await registry.files.add({
      files: [
        { id: 'child', lfn: 'child' },
        { id: 'grandchild', lfn: 'grandchild' },
        { id: 'other', lfn: 'other' },
      ],
      derived: [
        { parentId: 'flipped', childId: 'child' },
        { parentId: 'child', childId: 'grandchild' },
        { parentId: 'twice', childId: 'other' },
        { parentId: 'lost', childId: 'other' },
      ],
      replicas: [
        { fileId: 'twice', site: 'local', pfn: `file://${join(folder, 'gone')}` },
        { fileId: 'child', site: 'tape', pfn: 's3://bucket/child' },
      ],
    })
    const flipped = bytesOf('flipped')
    flipped[3] = (flipped[3] ?? 0) ^ 1
    writeFileSync(join(folder, 'flipped'), flipped)
    writeFileSync(join(folder, 'short'), bytesOf('short').subarray(1))
    rmSync(join(folder, 'lost'))
    writeFileSync(join(folder, 'deep', 'stray, file'), 'x')
    const { readFile } = await import('node:fs/promises')
    const readFacts = async (path: string): Promise<{ sizeBytes: number; sha256: string }> => {
      const bytes = await readFile(path)
      return { sizeBytes: bytes.length, sha256: sha(bytes) }
    }
    const report = await verifyStorage(registry.files, { roots: [folder], readFacts })
    expect(report.damaged.map(({ fileId, fault }) => ({ fileId, fault }))).toEqual([
      { fileId: 'flipped', fault: 'checksum' },
      { fileId: 'short', fault: 'size' },
      { fileId: 'lost', fault: 'missing' },
      { fileId: 'twice', fault: 'missing' },
    ])
    expect(report).toMatchObject({
      checkedCopies: 7,
      remoteCopies: 1,
      copiesWithoutChecksum: 1,
      strays: [join(folder, 'deep', 'stray, file')],
      // `twice` has another, sound copy; what was made of `lost` was made before.
      affected: ['child', 'grandchild'],
    })
    const quick = await verifyStorage(registry.files, { depth: 'size', readFacts })
    expect(quick.damaged.map(({ fileId }) => fileId)).toEqual(['short', 'lost', 'twice'])
    await expect(
      verifyStorage(registry.files, { roots: [join(folder, 'none')], readFacts }),
    ).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    })
  })
})
