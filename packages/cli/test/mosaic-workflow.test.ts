import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { skyloomProcess } from './command.ts'

/** The folder of the only plan under a folder. */
function planFolder(folder: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('plan.jsonl'),
  )
  if (found === undefined) throw new Error(`no plan in ${folder}`)
  return join(folder, found, '..')
}

test('a place on the sky becomes a workflow, a plan, a run and a mosaic; programs and threads make the same bytes', async () => {
  const folder = freshFolder()
  const registry = ['--registry', join(folder, 'registry.sqlite')]
  const made: Buffer[] = []
  for (const functions of [[], ['--functions', 'montage']]) {
    const out = join(folder, functions.length === 0 ? 'programs' : 'threads')
    const place = ['M 43', '--images', demoImages, '--size', '0.02 0.03', '--scale', '2']
    const steps = [
      ['mosaic', 'plan', ...place, '--out', out],
      [
        'plan',
        join(out, 'workflow.yml'),
        '--sites',
        'local',
        '--output-sites',
        'local',
        '--dir',
        join(out, 'runs'),
      ],
    ]
    for (const step of steps) {
      const { code, stderr } = await skyloomProcess(folder, ...step)
      expect(code, `${step.join(' ')}\n${stderr}`).toBe(0)
    }
    const run = planFolder(out)
    const started = await skyloomProcess(
      folder,
      'run',
      'start',
      run,
      ...registry,
      ...functions,
      '--no-reuse',
      '--quiet',
    )
    expect(started.code, started.stdout + started.stderr).toBe(0)
    expect(started.stdout).toContain('succeeded')
    made.push(readFileSync(join(out, 'products', 'mosaic.fits')))
    const trace = await skyloomProcess(folder, 'trace', join(out, 'products', 'mosaic.fits'), ...registry)
    expect(trace.stdout, trace.stderr).toContain('mAdd')
    expect(trace.stdout).toContain('2mass-atlas-')
  }
  // Everything that is said to stand somewhere does, also after the cleanup jobs.
  const verified = await skyloomProcess(folder, 'registry', 'verify', ...registry)
  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  expect(made[0]?.equals(made[1] ?? Buffer.alloc(0))).toBe(true)
})
