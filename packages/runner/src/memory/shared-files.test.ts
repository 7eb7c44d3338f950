import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanJobLine } from '@skyloom/workflow'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { piecesOf, writeExtents } from './extent.ts'
import { jobsToRepeat, MemoryUsesBuilder } from './memory-uses.ts'
import { SharedFiles } from './shared-files.ts'

const PAGE = 4096

/** Jobs by number with what they read and write; files that end in `!` are results that somebody wants on disk. */
function usesOf(
  jobs: readonly (readonly [reads: string, writes: string, level: number])[],
): MemoryUsesBuilder {
  const uses = new MemoryUsesBuilder()
  for (const [number, [reads, writes, level]] of jobs.entries()) {
    const lfns = (text: string): readonly string[] => text.split(' ').filter(Boolean)
    const outputs = lfns(writes).map((lfn) => ({
      lfn,
      path: lfn,
      target: { site: 'local', url: `file:///scratch/${lfn}` },
      isStagedOut: lfn.endsWith('!'),
      isCheckpoint: false,
      deliverTo: [],
    }))
    const lists = { transfers: [], registrations: [], removals: [] }
    // The fields that are looked at.
    const line = {
      number,
      level,
      kind: 'compute',
      inputs: lfns(reads).map((lfn) => ({ lfn })),
      outputs,
      ...lists,
    }
    uses.add(line as unknown as PlanJobLine)
  }
  return uses
}

/** Two images, two that read one of them each, one that reads both results, and a product. */
const CHAIN = usesOf([
  ['', 'early', 1],
  ['', 'late', 1],
  ['early', 'fit', 2],
  ['late fit', 'sum', 3],
  ['sum', 'product!', 4],
])

function open(limitPages: number, done: ReadonlySet<number> = new Set()) {
  const folder = join(freshFolder(), 'spill')
  const files = new SharedFiles(CHAIN, {
    limitBytes: limitPages * PAGE,
    folder,
    hasSucceeded: (job) => done.has(job),
  })
  /** Writes a file as a call does. @returns false when there was no room */
  const write = async (lfn: string, bytes: Uint8Array): Promise<boolean> => {
    const call = files.openCall()
    const extents = await call.ask(bytes.length, bytes.length)
    if (extents !== undefined) {
      writeExtents(extents, bytes, 0)
      const taken = call.takeOver(
        extents.map(({ id }) => id),
        bytes.length,
      )
      const content = { kind: 'memory', sizeBytes: bytes.length, extents: taken } as const
      files.put(lfn, { sizeBytes: bytes.length, sha256: lfn }, content)
    }
    call.close()
    return extents !== undefined
  }
  const read = (lfn: string): Buffer | undefined => {
    const held = files.hold(lfn)
    if (held === undefined) return undefined
    files.release([lfn])
    const { content } = held
    return content.kind === 'disk'
      ? readFileSync(content.path)
      : Buffer.concat([...piecesOf(content.extents, content.sizeBytes)])
  }
  return { files, folder, write, read }
}

const bytesOf = (value: number, pages: number): Uint8Array => new Uint8Array(pages * PAGE - 1).fill(value)

test('beyond the limit the file that is needed last goes to disk, and is read from there', async () => {
  const { files, folder, write, read } = open(10)
  await write('late', bytesOf(1, 4))
  await write('early', bytesOf(2, 4))
  expect(await write('fit', bytesOf(3, 4))).toBe(true)
  expect(files.counts).toMatchObject({ files: 3, bytes: 8 * PAGE, spilledFiles: 1 })
  expect(readdirSync(folder)).toHaveLength(1)
  for (const [value, lfn] of [
    [1, 'late'],
    [2, 'early'],
    [3, 'fit'],
  ] as const)
    expect(read(lfn)?.equals(bytesOf(value, 4)), lfn).toBe(true)
  await files.close()
})

test('what is read stays where it is: when all is read, a call gets nothing', async () => {
  const { files, write } = open(8)
  await write('late', bytesOf(1, 4))
  await write('early', bytesOf(2, 4))
  files.hold('late')
  files.hold('early')
  expect(await write('fit', bytesOf(3, 4))).toBe(false)
  files.release(['early'])
  expect(await write('fit', bytesOf(3, 4))).toBe(true)
  expect(files.hold('late')?.content.kind).toBe('memory')
  await files.close()
})

test('a file is there until its last reader has succeeded and nobody reads it any more; on disk as well', async () => {
  const { files, folder, write } = open(4)
  await write('early', bytesOf(1, 4))
  await write('late', bytesOf(2, 4))
  files.hold('early')
  files.readerDone(2)
  expect(files.has('early')).toBe(true)
  files.release(['early'])
  expect(files.has('early')).toBe(false)
  files.readerDone(3)
  expect(files.counts).toMatchObject({ files: 0, bytes: 0 })
  await expect.poll(() => readdirSync(folder)).toEqual([])
})

test('a file whose readers have all succeeded before is not kept', async () => {
  const { files, write } = open(4, new Set([2]))
  await write('early', bytesOf(1, 1))
  expect(files.has('early')).toBe(false)
})

test('space of a call that ended without a file goes back, also what it is given too late', async () => {
  const { files } = open(8)
  const call = files.openCall()
  await call.ask(PAGE, 4 * PAGE)
  const late = call.ask(PAGE, PAGE)
  call.close()
  expect(await late).toBeUndefined()
  expect(files.counts.bytes).toBe(0)
})

test('what a former engine left on disk is removed at the start', async () => {
  const { files, folder, write } = open(4)
  await write('late', bytesOf(1, 4))
  await write('early', bytesOf(2, 4))
  writeFileSync(join(folder, 'rest'), 'x')
  await files.open()
  expect(() => readdirSync(folder)).toThrow('ENOENT')
})

test('files that somebody wants on disk are not handed on in memory', () => {
  expect(['early', 'sum', 'product!', 'raw'].map((lfn) => CHAIN.isInternal(lfn))).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('after a crash those run again whose files are still needed, back to the first', () => {
  const repeated = (done: readonly number[], there: readonly string[] = []): readonly number[] => {
    const isDone = new Set(done)
    const isThere = new Set(there)
    return jobsToRepeat(
      CHAIN,
      5,
      (job) => isDone.has(job),
      (lfn) => isThere.has(lfn),
    )
  }
  expect(repeated([0, 1, 2])).toEqual([0, 1, 2])
  expect(repeated([0, 1, 2, 3])).toEqual([0, 1, 2, 3])
  expect(repeated([0, 1, 2, 3], ['sum'])).toEqual([])
  expect(repeated([0, 1, 2], ['fit'])).toEqual([1])
  expect(repeated([0, 1, 2, 3, 4])).toEqual([])
})
