import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { montageRun } from '../montage-shape.ts'
import { checkRun } from './check-run.ts'
import { hasMade, until } from './progress.ts'
import { runEngine, startEngine } from './run-engine-process.ts'

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

const starts = [
  { name: 'under its files, waits', where: 'data', hasBegun: false },
  { name: 'under the files of a run that began, waits', where: 'data', hasBegun: true },
  { name: 'under a registry that is there, waits or says so', where: 'registry', hasBegun: true },
  { name: 'under a registry that is not there yet, says so', where: 'registry', hasBegun: false },
] as const

test.runIf(mayMount).for(starts)(
  'an engine that starts on a full disk $name, and runs when there is room',
  async ({ where, hasBegun }) => {
    const disk = smallDisk(8 << 20)
    const other = freshFolder()
    const place = (what: string): string => join(what === where ? disk : other, what)
    mkdirSync(place('registry'))
    const registry = join(place('registry'), 'registry.db')
    const run = await montageRun(place('data'), 4)
    const settings = { runDir: run.runDir, registry }
    if (hasBegun)
      expect(await runEngine({ ...settings, killStep: 'submit', passes: 0 })).toEqual({ type: 'killed' })
    const ballast = fill(disk)
    const engine = startEngine(settings)
    const waits = until(() => /the run waits for room: .*bytes/.test(engine.notices()), engine.notices)
    const end = await Promise.race([engine.ended, waits])
    if (end !== undefined) {
      // Without a registry there is nobody to wait.
      expect({ where, end }).toMatchObject({ where: 'registry', end: { code: 'REGISTRY_DISK_FULL' } })
      const text = `; 0 bytes are free in ${place('registry')}; free space; nothing was lost [REGISTRY_DISK_FULL]`
      expect(end).toHaveProperty('message', expect.stringContaining(text))
    }
    rmSync(ballast)
    const last = end === undefined ? await engine.ended : await runEngine(settings)
    if (last.type !== 'done') throw new Error(JSON.stringify(last))
    expect(last.result.status).toBe('succeeded')
    if (end === undefined) expect(engine.notices()).toMatch(/there is room again; the run goes on\n$/)
    await checkRun(run, registry, last.result.jobs.succeeded)
  },
)
