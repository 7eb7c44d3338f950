import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engines } from './engines.ts'
import { ALL_TEXT, smallWorkflow } from './small-workflow.ts'

describe.for(engines)('results of earlier jobs on $name', ({ site, data }) => {
  test('are taken over while program, arguments and inputs are the same', { timeout: 300_000 }, async () => {
    const { folder, skyloom } = smallWorkflow({ upper: site, back: site, all: site }, 'file:///nowhere')
    // A program that tells how often it was run.
    const [program, log] = [join(folder, 'upper.sh'), join(folder, 'runs.log')]
    writeFileSync(program, `#!/bin/sh\necho run >> '${log}'\nexec tr "$@"\n`)
    chmodSync(program, 0o755)
    const catalog = join(folder, 'transformations.yml')
    writeFileSync(catalog, readFileSync(catalog, 'utf8').replace('/usr/bin/tr', program))
    const run = async (name: string): Promise<string> => {
      const out = `out-${name}`
      const where = ['--sites', site, '--output-sites', 'local', '--output-dir', out, '--relative-dir', name]
      const how = ['--cleanup', 'none', '-D', `pegasus.data.configuration=${data}`, '--quiet']
      await skyloom('plan', 'workflow.yml', ...where, ...how)
      await skyloom('run', 'start', name, '--quiet')
      expect(readFileSync(join(folder, out, 'all.txt'), 'utf8')).toBe(ALL_TEXT)
      const told = ['tr_upper', 'rev_back', 'cat_all'].map(
        async (job) => await skyloom('run', 'explain', job, name),
      )
      return (await Promise.all(told))
        .map((text) => (/reused \S+ \S+/.test(text) ? 'reused' : 'run'))
        .join(' ')
    }
    const count = (): number => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0)
    expect(await run('first')).toBe('run run run')
    expect(count()).toBe(1)
    expect(await run('second')).toBe('reused reused reused')
    expect(count()).toBe(1)
    expect(await skyloom('trace', 'out-second/all.txt')).toMatch(/derived[^]*raw\.txt {2}-> tr/)

    appendFileSync(program, '# changed\n')
    expect(await run('third')).toBe('run reused reused')
    expect(count()).toBe(2)
  })
})
