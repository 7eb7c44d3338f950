import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { montageRun } from '../montage-shape.ts'
import { checkRun } from './check-run.ts'
import { hasMade, until } from './progress.ts'
import { startEngine } from './run-engine-process.ts'

/** A file system of its own that holds little. */
function smallDisk(bytes: number): string {
  const folder = freshFolder()
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', folder])
  if (status !== 0) throw new Error(`no small file system could be mounted: ${String(stderr)}`)
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

/** Whether this user may mount file systems. */
const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0

/** Fills a disk to the last byte. */
function fill(folder: string): string {
  const path = join(folder, 'ballast')
  spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4k'])
  return path
}

const cases = [
  { name: 'files of functions', functions: true, isRegistry: false },
  { name: 'files of programs', functions: false, isRegistry: false },
  { name: 'the registry', functions: false, isRegistry: true },
] as const

test.runIf(mayMount).for(cases)(
  'a full disk under $name lets the run wait, and it goes on when there is room',
  async ({ functions, isRegistry }) => {
    const disk = smallDisk(8 << 20)
    const other = freshFolder()
    const data = isRegistry ? other : join(disk, 'data')
    const registry = join(isRegistry ? disk : other, 'registry.db')
    const run = await montageRun(data, 8)
    const engine = startEngine({ runDir: run.runDir, registry, functions, slowMs: 30, cores: 1 })
    await until(() => hasMade(run, 'p_2.fits'), engine.notices)
    const ballast = fill(disk)
    await until(() => /the run waits for room: .*(ENOSPC|is full)/.test(engine.notices()), engine.notices)
    rmSync(ballast)
    const end = await engine.ended
    if (end.type !== 'done') throw new Error(JSON.stringify(end))
    expect(end.result.status).toBe('succeeded')
    expect(engine.notices()).toMatch(/there is room again; the run goes on/)
    await checkRun(run, registry, end.result.jobs.succeeded)
  },
)
