import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { MemoryStore, type RunOptions, readKickstart, readRunRecord, runPlan } from '../dist/index.js'
import { type SmallJob, smallPlan } from './small-plan.ts'

const module = new URL('./functions.mjs', import.meta.url).href
const NASTY = 'a "b" \\ # : - ? é \u0085 \u2028 \ufeff ' + "'"
const JOBS: readonly SmallJob[] = [
  {
    run: ['/bin/sh', '-c', 'echo "- invocation: no"; echo warned >&2; cat one.txt > two.txt'],
    reads: ['one.txt'],
    writes: ['two.txt'],
    environment: [
      ['SURVEY', NASTY],
      ['S3_SECRET_KEY', 'canary'],
    ],
    children: [],
  },
  { run: ['/bin/sh', '-c', 'test -e again || { touch ../../../again; exit 7; }'], retries: 1 },
  { run: ['/bin/sh', '-c', 'kill -9 $$'] },
  { run: 'upper', reads: ['one.txt'], writes: ['three.txt'] },
]

/** Runs the jobs. @returns the folder of their records and what the registry holds */
async function recordsOf(
  options: RunOptions = {},
): Promise<{ readonly folder: string; readonly store: MemoryStore; readonly runId: string }> {
  const runDir = smallPlan(join(freshFolder(), 'run'), JOBS)
  mkdirSync(join(runDir, 'scratch'))
  writeFileSync(join(runDir, 'scratch/one.txt'), 'orion\n')
  const store = new MemoryStore()
  const functions = new Map([['upper', { module, name: 'upper' }]])
  const { runId } = await runPlan(store, runDir, { functions, policy: { backoffMs: 1 }, ...options })
  return { folder: join(runDir, 'kickstart/0'), store, runId }
}

test('each attempt of a program has a record that says what the registry says', async () => {
  const { folder, store, runId } = await recordsOf()
  expect(readdirSync(folder).sort()).toEqual([
    'job_0.out.000',
    'job_1.out.000',
    'job_1.out.001',
    'job_2.out.000',
  ])
  const read = (name: string): ReturnType<typeof readKickstart> =>
    readKickstart(readFileSync(join(folder, name), 'utf8'), name)
  const [record, ...more] = read('job_0.out.000')
  expect(more).toEqual([])
  const kept = [...(await readRunRecord(store, runId)).invocations.values()]
    .flat()
    .find(({ jobId }) => jobId === 'job_0')
  expect(kept).toBeDefined()
  expect(record).toMatchObject({
    transformation: 'program',
    taskId: 'ID0',
    site: 'local',
    host: kept?.host,
    workDirectory: kept?.workDirectory,
    startMs: kept?.startMs,
    exitCode: 0,
    executable: '/bin/sh',
    arguments: kept?.arguments,
  })
  expect(record?.durationMs).toBeCloseTo(kept?.durationMs ?? -1, 0)
  const files = new Map(record?.files.map((file) => [file.name, file]))
  expect(files.get('one.txt')).toMatchObject({ sizeBytes: 6, isOutput: false })
  expect(files.get('two.txt')).toMatchObject({
    sizeBytes: 6,
    isOutput: true,
    sha256: files.get('one.txt')?.sha256,
  })
  expect(files.get('stdout')).toMatchObject({ data: '- invocation: no\n' })
  expect(files.get('stderr')).toMatchObject({ data: 'warned\n' })
  expect(read('job_1.out.000')[0]?.exitCode).toBe(7)
  expect(read('job_1.out.001')[0]?.exitCode).toBe(7)
  expect(read('job_2.out.000')[0]?.exitCode).toBe(-9)
  expect(readFileSync(join(folder, 'job_0.out.000'), 'utf8')).not.toContain('canary')
})

test('functions have records when they are asked for; nothing has when none are', async () => {
  const all = await recordsOf({ kickstart: 'all' })
  const [record] = readKickstart(readFileSync(join(all.folder, 'job_3.out.000'), 'utf8'), 'job_3')
  expect(record).toMatchObject({ transformation: 'upper', exitCode: 0 })
  expect(record?.files.find(({ name }) => name === 'three.txt')).toMatchObject({
    isOutput: true,
    sizeBytes: 6,
  })
  expect(existsSync((await recordsOf({ kickstart: 'none' })).folder)).toBe(false)
})

/** Every leaf of a document by its path, with the kind of its value; names of files are one name. */
const FIELDS = `
import yaml
def kinds(value, path):
    if isinstance(value, dict):
        for key, part in value.items():
            name = '*' if path == 'files' and key not in ('stdin', 'stdout', 'stderr', 'metadata') else str(key)
            yield from kinds(part, path + '.' + name if path else name)
    elif isinstance(value, list):
        for part in value:
            yield from kinds(part, path + '[]')
    else:
        yield path, type(value).__name__
def fields(texts):
    found = {}
    for text in texts:
        text = text.split('---------------pegasus-multipart')[0]
        text = text[text.index('- invocation'):]
        for record in yaml.safe_load(text):
            for path, kind in kinds(record, ''):
                found.setdefault(path, set()).add(kind)
    return {path: sorted(found[path]) for path in found}
`

test.skipIf(skipShared || lacksPython('yaml'))(
  'the fields are those of Pegasus, of the same kinds, for another reader',
  async () => {
    const { folder } = await recordsOf({ kickstart: 'all' })
    const ours = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const runs = sharedPath('corpus/pegasus/runs')
    const theirs = readdirSync(runs, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.out\.\d+$/.test(name))
      .map((name) => readFileSync(join(runs, name), 'utf8'))
      .filter((text) => text.includes('- invocation'))
    expect(theirs.length).toBeGreaterThan(10)
    const answer = askPython(`${FIELDS}\nanswer = [fields(given[0]), fields(given[1])]`, [ours, theirs])
    const [own = {}, real = {}] = answer as Readonly<Record<string, readonly string[]>>[]
    // No run of the corpus ended by a signal, and none was recorded with its environment.
    const unseen = Object.keys(own).filter((path) => !(path in real))
    expect(unseen.filter((path) => !path.startsWith('environment.'))).toEqual(['mainjob.status.signalled'])
    const others = Object.entries(own).filter(
      ([path, kinds]) => path in real && kinds.some((kind) => real[path]?.includes(kind) !== true),
    )
    expect(others).toEqual([])
    const needed = [
      'mainjob.status.regular_exitcode',
      'mainjob.usage.utime',
      'files.*.sha256',
      'machine.cpu_count',
    ]
    expect(Object.keys(own)).toEqual(expect.arrayContaining(needed))
    // Texts of any letters come through.
    const [text] = askPython(
      `import yaml\nanswer = [yaml.safe_load(text)[0]['environment']['SURVEY'] for text in given if 'SURVEY' in text]`,
      ours,
    ) as readonly string[]
    expect(text).toBe(NASTY)
  },
)
