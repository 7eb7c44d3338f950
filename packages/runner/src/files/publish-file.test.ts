import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { publishFile, type Step } from './publish-file.ts'

/** What is synced and renamed from now on, in order. */
function watched(): readonly string[] {
  const done: string[] = []
  const { open, rename } = fs.promises
  vi.spyOn(fs.promises, 'open').mockImplementation(async (path, ...rest) => {
    const handle = await open(path, ...rest)
    const sync = handle.sync.bind(handle)
    handle.sync = async () => {
      await sync()
      done.push(`sync ${String(path)}`)
    }
    return handle
  })
  vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    await rename(from, to)
    done.push(`rename ${String(from)} ${String(to)}`)
  })
  syncBuiltinESMExports()
  onTestFinished(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })
  return done
}

test('a file is synced before it gets its name, and its folder after', async () => {
  const folder = freshFolder()
  const [from, to] = [join(folder, 'work'), join(folder, 'out/m42.fits')]
  fs.writeFileSync(from, 'm 42')
  const done = watched()
  const steps: Step[] = []
  await publishFile(from, to, (step) => steps.push(step))
  expect(done).toEqual([`sync ${from}`, `rename ${from} ${to}`, `sync ${dirname(to)}`])
  expect(steps).toEqual(['sync', 'rename'])
})
