import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { lacksContainers } from '../../testing/root-tree.ts'
import { engines } from './engines.ts'
import { rootFile, writeKoto } from './koto.ts'
import { stagingPlaces } from './staging-places.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))
/** 200 at full count. */
const JOBS = Number(process.env['SKYLOOM_KOTO_JOBS'] ?? 10)
const SIZE = JOBS >= 100 ? 10 : 5

test.skipIf(lacksContainers() || engines.length === 0)(
  'the Monte Carlo of KOTO, in containers and clusters, over a staging site: a task that fails is run again alone',
  { timeout: 900_000 },
  async () => {
    const folder = freshFolder()
    const place = await stagingPlaces.http()
    writeKoto(folder, {
      jobs: JOBS,
      size: SIZE,
      staging: place.url,
      workSites: engines.map(({ site }) => site),
    })
    const skyloom = async (...words: readonly string[]): Promise<string> => {
      const env = { ...process.env, ...place.environment, SKYLOOM_REGISTRY: join(folder, 'registry.sqlite') }
      const child = spawn(process.execPath, [command, ...words], { cwd: folder, env })
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part: string) => (text += part))
      const code = await new Promise((resolve) => child.once('close', resolve))
      if (code !== 0) throw new Error(`skyloom ${words.join(' ')}: ${String(code)} ${text}`)
      return text
    }
    const products: Record<string, readonly string[]> = {}
    for (const site of ['local', ...engines.map((engine) => engine.site)]) {
      rmSync(join(folder, 'marks'), { recursive: true })
      mkdirSync(join(folder, 'marks'))
      const out = join(folder, `out-${site}`)
      const staging = site === 'local' ? [] : ['--staging-site', 'stash']
      const data = site === 'local' ? 'sharedfs' : 'nonsharedfs'
      const where = ['--sites', site, ...staging, '--output-sites', 'local', '--output-dir', out]
      const how = [
        '--cluster',
        'horizontal',
        '-D',
        `pegasus.data.configuration=${data}`,
        '-D',
        'dagman.retry=1',
      ]
      await skyloom(
        'plan',
        'workflow.yml',
        ...where,
        ...how,
        '--dir',
        'runs',
        '--relative-dir',
        site,
        '--quiet',
      )
      await skyloom('run', 'start', `runs/${site}`, '--quiet', '--no-reuse').catch(async (error: unknown) => {
        throw new Error(await skyloom('run', 'analyze', `runs/${site}`).catch(String), { cause: error })
      })
      // The task that failed ran twice, all others of its cluster and of the others once.
      const starts = readFileSync(join(folder, 'marks/log'), 'utf8').trim().split('\n')
      const seeds = Array.from({ length: JOBS }, (_, seed) => String(seed))
      expect(starts.toSorted()).toEqual([...seeds, '3'].toSorted())
      products[site] = seeds.map((seed) => readFileSync(join(out, rootFile(Number(seed))), 'utf8'))
      const history = await skyloom('trace', join(out, rootFile(3)), '--full')
      for (const name of ['koto-dev', 'koto.conf', 'run87_0.root', 'run_koto'])
        expect(history).toContain(name)
      for (const name of ['run87_1.root', 'run87_2.root']) expect(history).not.toContain(name)
    }
    expect(products['local']?.[3]).toMatch(
      /^KL3pi0 3 E14-201605 koto-dev [0-9a-f]{16}\n2000 \d+ \d+\.\d{6}\n$/,
    )
    for (const site of engines.map((engine) => engine.site)) expect(products[site]).toEqual(products['local'])
    // One image on the machine, however many jobs and sites.
    expect(readdirSync(join(folder, 'cache')).filter((name) => !name.endsWith('.json'))).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}\.tree$/),
    ])
  },
)
