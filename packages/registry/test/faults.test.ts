import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isSkyloomError } from '@skyloom/base'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { openRegistry, parseCondition, type Registry } from '../src/index.ts'
import { DIALECTS, databases } from './databases.ts'
import { postgresServer, skipPostgres } from './postgres-server.ts'
import { all } from './sequences.ts'

const { url: freshUrl } = databases()
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url))
/** Rounds of killing; the full count of the reliability requirements is by `SKYLOOM_FAULT_ROUNDS`. */
const ROUNDS = Number(process.env['SKYLOOM_FAULT_ROUNDS'] ?? 8)

/** A writer and the number of the last event that it says is durable. */
function startWriter(...args: readonly string[]): {
  readonly child: ChildProcess
  readonly lastSeq: () => number
  readonly lines: (count: number) => Promise<void>
} {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })
  let lastSeq = 0
  let seen = 0
  lines.on('line', (line) => {
    lastSeq = Number(line)
    seen++
  })
  return {
    child,
    lastSeq: () => lastSeq,
    lines: async (count) => {
      while (seen < count && child.exitCode === null && child.signalCode === null) await once(lines, 'line')
    },
  }
}

async function createRun(registry: Registry, id: string): Promise<void> {
  await registry.runs.create({ id, label: 'w', user: 'u', host: 'h', directory: '/r' })
}

describe.for(DIALECTS)('a writer of %s that is killed', (dialect) => {
  test('leaves whole commits only, and none that it was told of is lost', async () => {
    const url = freshUrl(dialect)
    await using setup = await openRegistry(url)
    await createRun(setup, 'r')
    let told = 0
    for (let round = 0; round < ROUNDS; round++) {
      const writer = startWriter(url, 'r', `engine-${round}`, '0')
      await writer.lines(1 + ((round * 7) % 23))
      const ended = once(writer.child, 'exit')
      writer.child.kill('SIGKILL')
      await ended
      told = Math.max(told, writer.lastSeq())
      await using registry = await openRegistry(url)
      const { lastSeq } = await registry.runs.get('r')
      expect(lastSeq).toBeGreaterThanOrEqual(told)
      expect(lastSeq % 2).toBe(0)
      const events = await all(registry.runs.events('r'))
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq }, (_, i) => i + 1))
      const { rows } = await registry.stats()
      const commits = lastSeq / 2
      expect(rows).toMatchObject({ job: commits, file: commits, replica: commits, used: commits - 1 })
    }
  })

  test('loses the run to the next one, and can never write again', async () => {
    const url = freshUrl(dialect)
    await using registry = await openRegistry(url, { busyTimeoutMs: 200 })
    await createRun(registry, 'r')
    /** Stops the writer between two commits: inside one it holds the lock of the database. */
    const takeFrom = async ({ child }: { readonly child: ChildProcess }): Promise<number> => {
      for (;;) {
        child.kill('SIGSTOP')
        const lease = await registry.runs.acquireLease('r', 'other', 10_000).catch((error: unknown) => {
          if (!isSkyloomError(error, 'REGISTRY_BUSY')) throw error
        })
        if (lease !== undefined && !lease.isHeld) return lease.token
        child.kill('SIGCONT')
      }
    }
    const writer = startWriter(url, 'r', 'sleeper', '0')
    await writer.lines(3)
    const token = await takeFrom(writer)
    expect(token).toBe(2)
    const { lastSeq } = await registry.runs.get('r')
    const ended = once(writer.child, 'exit')
    writer.child.kill('SIGCONT')
    expect((await ended)[0]).toBe(1)
    expect((await registry.runs.get('r')).lastSeq).toBe(lastSeq)
  })
})

describe.for(DIALECTS)('several processes on one registry in %s', (dialect) => {
  test('make it at the same time and write runs of their own, nothing lost', async () => {
    const url = freshUrl(dialect)
    const openings = await Promise.all([1, 2, 3, 4].map(async () => await openRegistry(url)))
    const [registry] = openings
    for (const run of ['r1', 'r2', 'r3']) await createRun(registry!, run)
    const writers = ['r1', 'r2', 'r3'].map((run) => startWriter(url, run, 'me', '100'))
    const codes = await Promise.all(
      writers.map(async ({ child }) => (await once(child, 'exit'))[0] as number),
    )
    expect(codes).toEqual([0, 0, 0])
    expect((await registry!.stats()).rows).toMatchObject({ event: 600, job: 300, file: 300, used: 297 })
    for (const opened of openings) await opened.close()
  })
})

describe('a registry that cannot be used', () => {
  test('of a newer version is refused and left as it is', async () => {
    const path = join(freshFolder(), 'registry.db')
    await (await openRegistry(path)).close()
    const database = new Database(path)
    database.exec('INSERT INTO registry_version VALUES (99, 0)')
    database.close()
    const before = readFileSync(path)
    await expect(openRegistry(path)).rejects.toMatchObject({
      code: 'REGISTRY_NEWER_VERSION',
      found: 'version 99',
    })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('is not made without being asked', async () => {
    const path = join(freshFolder(), 'none.db')
    await expect(openRegistry(path, { create: false })).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    expect(() => readFileSync(path)).toThrow('ENOENT')
  })

  test('says what it is instead', async () => {
    const folder = freshFolder()
    const text = join(folder, 'text.db')
    writeFileSync(text, 'this is no database, only a long enough text '.repeat(100))
    await expect(openRegistry(text)).rejects.toMatchObject({ code: 'REGISTRY_DAMAGED' })
    await expect(openRegistry(folder)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    await expect(openRegistry('http://host/x')).rejects.toMatchObject({ code: 'REGISTRY_BAD_OPTION' })
    await expect(openRegistry('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
  })

  test('says so after it was closed', async () => {
    const registry = await openRegistry('sqlite::memory:')
    await registry.close()
    await expect(registry.runs.list()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' })
  })

  test('with a damaged page says so', async () => {
    const path = join(freshFolder(), 'registry.db')
    const registry = await openRegistry(path)
    for (let i = 0; i < 50; i++) await createRun(registry, `run-${i}`)
    await registry.close()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096, bytes.length)
    writeFileSync(path, bytes)
    await expect(openRegistry(path).then(async (opened) => await opened.runs.list())).rejects.toMatchObject({
      code: 'REGISTRY_DAMAGED',
    })
  })

  test('because another process writes for too long says that it is busy', async () => {
    const path = join(freshFolder(), 'registry.db')
    await using registry = await openRegistry(path, { busyTimeoutMs: 100 })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(createRun(registry, 'r')).rejects.toMatchObject({ code: 'REGISTRY_BUSY' })
    expect(await registry.runs.list()).toEqual([])
    other.exec('ROLLBACK')
    other.close()
    await createRun(registry, 'r')
  })

  test.skipIf(skipPostgres)('because its user may only read says so, and still reads', async () => {
    const location = freshUrl('postgres')
    await using owner = await openRegistry(location)
    await createRun(owner, 'r')
    const readOnly = encodeURIComponent('-c default_transaction_read_only=on')
    await using registry = await openRegistry(`${location}&options=${readOnly}`)
    expect(await registry.runs.list()).toMatchObject([{ id: 'r' }])
    await expect(createRun(registry, 's')).rejects.toMatchObject({ code: 'REGISTRY_READ_ONLY' })
  })

  test.skipIf(skipPostgres)(
    'for a reason without a code of its own gives the words of the database',
    async () => {
      const noSchema = encodeURIComponent('-c search_path=nowhere')
      await expect(openRegistry(`${freshUrl('postgres')}&options=${noSchema}`)).rejects.toMatchObject({
        code: 'REGISTRY_SQL_FAILED',
        found: '3F000: no schema has been selected to create in',
      })
    },
  )

  test.skipIf(skipPostgres)('never shows its password', async () => {
    const location = freshUrl('postgres').replace('skyloom@', 'skyloom:canary@')
    await using registry = await openRegistry(location)
    expect(registry.location).not.toContain('canary')
    await expect(openRegistry('postgres://u:canary@127.0.0.1:1/x')).rejects.toMatchObject({
      message: expect.not.stringContaining('canary') as string,
    })
  })

  test.skipIf(skipPostgres)('because the server went away says so', async () => {
    const server = await postgresServer()
    await using registry = await openRegistry(server.database())
    await createRun(registry, 'r')
    await server.kill()
    await expect(registry.runs.list()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })
})

const canMount = process.getuid?.() === 0 && process.platform === 'linux'

test.skipIf(!canMount)(
  'a full disk is named, nothing is half written, and the work goes on when there is space',
  async () => {
    const folder = join(freshFolder(), 'small')
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder])
    try {
      const registry = await openRegistry(join(folder, 'registry.db'))
      await createRun(registry, 'r')
      const lease = await registry.runs.acquireLease('r', 'me', 60_000)
      const token = lease.isHeld ? 0 : lease.token
      let lastSeq = 0
      const commit = async (): Promise<void> => {
        const data = 'x'.repeat(1000)
        const events = Array.from({ length: 100 }, (_, i) => ({
          seq: lastSeq + i + 1,
          timeMs: 0,
          type: 't',
          data,
        }))
        await registry.runs.commit('r', token, { events })
        lastSeq += 100
      }
      const filler = join(folder, 'filler')
      writeFileSync(filler, new Uint8Array(1_000_000))
      const fill = async (): Promise<void> => {
        for (;;) await commit()
      }
      await expect(fill()).rejects.toMatchObject({ code: 'REGISTRY_DISK_FULL' })
      expect((await registry.runs.get('r')).lastSeq).toBe(lastSeq)
      expect(await all(registry.runs.events('r'))).toHaveLength(lastSeq)
      rmSync(filler)
      await commit()
      expect(await all(registry.runs.events('r'))).toHaveLength(lastSeq)
      await registry.close()
    } finally {
      execFileSync('umount', [folder])
    }
  },
)

describe('a registry of version 1', () => {
  const FIXTURE = fileURLToPath(new URL('fixtures/registry-version-1.db', import.meta.url))

  test('is brought up to date with all that it holds, after a copy was made', async () => {
    const folder = freshFolder()
    const path = join(folder, 'registry.db')
    copyFileSync(FIXTURE, path)
    await expect(openRegistry(path, { older: 'refuse' })).rejects.toMatchObject({
      code: 'REGISTRY_OLDER_VERSION',
      found: 'version 1',
    })
    await using registry = await openRegistry(path)
    expect(registry.version).toBe(2)
    expect(await registry.runs.list()).toMatchObject([
      { id: 'old-run', label: 'm42', state: 'succeeded', lastSeq: 2 },
    ])
    expect(await registry.runs.counts('old-run')).toEqual([
      { kind: 'compute', transformation: 'mProject', state: 'succeeded', jobs: 1 },
    ])
    expect(
      await all(registry.files.find({ where: parseCondition('band = "J" and exptime > 7') })),
    ).toMatchObject([{ id: 'old-run/p.fits', madeBy: { runId: 'old-run', jobId: 'project' } }])
    await registry.files.tag('kept', ['old-run/p.fits'])
    const copies = readdirSync(folder).filter((name) => name.startsWith('registry.db.version-1-'))
    expect(copies).toHaveLength(1)
    const copy = new Database(join(folder, copies[0]!), { readonly: true })
    expect(copy.prepare('SELECT max(version) AS version FROM registry_version').get()).toEqual({ version: 1 })
    expect(copy.prepare('SELECT id FROM run').all()).toEqual([{ id: 'old-run' }])
    copy.close()
  })
})

describe('a backup', () => {
  test('of a registry in use opens and holds one state of it', async () => {
    const folder = freshFolder()
    const url = join(folder, 'registry.db')
    await using registry = await openRegistry(url)
    await createRun(registry, 'r')
    const writer = startWriter(url, 'r', 'me', '0')
    await writer.lines(20)
    await registry.backup(join(folder, 'backup.db'))
    const ended = once(writer.child, 'exit')
    writer.child.kill('SIGKILL')
    await ended
    await using restored = await openRegistry(join(folder, 'backup.db'), { create: false })
    const { lastSeq } = await restored.runs.get('r')
    expect(lastSeq).toBeGreaterThanOrEqual(40)
    expect((await restored.stats()).rows).toMatchObject({
      event: lastSeq,
      job: lastSeq / 2,
      file: lastSeq / 2,
    })
  })
})
