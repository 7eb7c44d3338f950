import { spawn } from 'node:child_process'
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { skyloom } from './command.ts'

const ROOT = new URL('../../../', import.meta.url)
const SKYLOOM = fileURLToPath(new URL('packages/cli/bin/skyloom.js', ROOT))
const DEMO = fileURLToPath(new URL('demo/images', ROOT))

test('makes the mosaic of the demo and says what it made and where to look', async () => {
  const out = join(freshFolder(), 'out')
  const { code, stdout, stderr } = await skyloom('mosaic', 'make', '--images', DEMO, '--out', out)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^mosaic +\d+ x \d+ pixels of 1\.000 arcsec, TAN/)
  expect(stdout).toMatch(/images +10 of 10, 17 overlapping pairs/)
  expect(stdout).toMatch(/residual +rms \d/)
  expect(stdout).toContain(`${out}/report.html`)
  // Without a terminal: plain lines, no control characters.
  expect(stderr).toMatch(/project: 10 images done in /)
  expect(stderr).not.toMatch(/[\u001b\r]/)
  expect((await readdir(out)).length).toBe(9)
})

test('--json prints one document on standard output and JSON lines of progress on standard error', async () => {
  const out = join(freshFolder(), 'out')
  const { code, stdout, stderr } = await skyloom('mosaic', 'make', '--images', DEMO, '--out', out, '--json')
  expect(code).toBe(0)
  const summary = JSON.parse(stdout) as { status: string; images: unknown[]; pairs: unknown[] }
  expect(summary.status).toBe('complete')
  expect(summary.images.length).toBe(10)
  expect(summary.pairs.length).toBe(17)
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; stage: string })
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['progress']))
  expect([...new Set(events.map(({ stage }) => stage))]).toEqual(['scan', 'project', 'difference', 'add'])
})

test('--dry-run writes nothing', async () => {
  const folder = freshFolder()
  const { code, stdout } = await skyloom(
    'mosaic',
    'make',
    '--images',
    DEMO,
    '--out',
    join(folder, 'out'),
    '--dry-run',
  )
  expect(code).toBe(0)
  expect(stdout).toContain('10 images')
  expect(await readdir(folder)).toEqual([])
})

test('a bad image among good ones: exit 3 and its reason', async () => {
  const folder = freshFolder()
  await mkdir(join(folder, 'in'))
  const [first = '', second = ''] = (await readdir(DEMO)).filter((name) => name.endsWith('.gz')).sort()
  for (const name of [first, second]) await copyFile(join(DEMO, name), join(folder, 'in', name))
  await writeFile(join(folder, 'in', 'broken.fits'), 'this is no FITS file')
  const { code, stdout } = await skyloom(
    'mosaic',
    'make',
    '--images',
    join(folder, 'in'),
    '--out',
    join(folder, 'out'),
  )
  expect(code).toBe(3)
  expect(stdout).toMatch(/left out .*broken\.fits: the file is not a FITS file/)
})

test.for([
  { name: 'an unknown option', args: ['--imagse', 'x'], code: 2, text: 'unknown option' },
  { name: 'a missing option', args: ['--out', 'x'], code: 2, text: '--images' },
  { name: 'an unknown method', args: ['--method', 'magic'], code: 2, text: 'allowed area' },
  { name: 'a centre without a size', args: ['--center', '1 2'], code: 2, text: '--size' },
  { name: 'a bad size of memory', args: ['--memory', 'lots'], code: 2, text: '512M' },
  {
    name: 'a latitude beyond the pole',
    args: ['--center', '1 95', '--size', '1'],
    code: 2,
    text: '-90 and 90',
  },
])('$name is wrong use', async ({ args, code, text }) => {
  const base = args[0] === '--out' ? [] : ['--images', DEMO, '--out', join(freshFolder(), 'out')]
  const answer = await skyloom('mosaic', 'make', ...base, ...args)
  expect(answer.code).toBe(code)
  expect(answer.stderr).toContain(text)
  expect(answer.stdout).toBe('')
})

test('no usable image: exit 1 and the reason', async () => {
  const folder = freshFolder()
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'in', 'broken.fits'), 'this is no FITS file')
  const { code, stderr } = await skyloom(
    'mosaic',
    'make',
    '--images',
    join(folder, 'in'),
    '--out',
    join(folder, 'out'),
  )
  expect(code).toBe(1)
  expect(stderr).toContain('broken.fits')
})

test('an output folder that is not empty is refused with exit 4', async () => {
  const folder = freshFolder()
  await writeFile(join(folder, 'x'), '')
  const { code, stderr } = await skyloom('mosaic', 'make', '--images', DEMO, '--out', folder)
  expect(code).toBe(4)
  expect(stderr).toContain('--overwrite')
})

test('Ctrl-C stops at once, leaves nothing under a final name and says how to go on', async () => {
  const out = join(freshFolder(), 'out')
  const child = spawn(process.execPath, [SKYLOOM, 'mosaic', 'make', '--images', DEMO, '--out', out], {
    stdio: 'pipe',
  })
  let stderr = ''
  let stoppedAt = 0
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    if (stderr.includes('project: 10 images\n') && stoppedAt === 0) {
      stoppedAt = performance.now()
      child.kill('SIGINT')
    }
  })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  expect(code).toBe(130)
  expect(performance.now() - stoppedAt).toBeLessThan(2000)
  expect(stderr).toContain('next:')
  expect(await readdir(out)).toEqual([])
})

test('help of every command has an example and fits 80 columns', async () => {
  for (const args of [['--help'], ['mosaic', '--help'], ['mosaic', 'make', '--help']]) {
    const { code, stdout } = await skyloom(...args)
    expect(code).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  }
  expect((await skyloom('mosaic', 'make', '--help')).stdout).toContain(
    'skyloom mosaic make --images raw --out m42',
  )
})

test('plans a mosaic as a workflow that skyloom plan takes', async () => {
  const out = join(freshFolder(), 'm42')
  const { code, stdout } = await skyloom('mosaic', 'plan', '--images', DEMO, '--out', out, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ pairCount: 17, width: 2231, height: 2196 })
  expect(await readdir(join(out, 'bin'))).toContain('mProject')
  const plan = ['plan', join(out, 'workflow.yml'), '--sites', 'local', '--output-sites', 'local', '--dry-run']
  const planned = await skyloom(...plan, '--json')
  expect(planned.code, planned.stderr).toBe(0)
  expect(planned.stdout).toContain('"compute": 31')
  const chain = ['mosaic', 'plan', '--images', DEMO, '--out', `${out}-montage`, '--modules', 'montage']
  expect((await skyloom(...chain)).code).toBe(0)
  const ofMontage = await skyloom(...plan.with(1, join(`${out}-montage`, 'workflow.yml')), '--json')
  expect(ofMontage.stdout, ofMontage.stderr).toContain('"compute": 43')
  const clipped = await skyloom(...chain, '--overwrite', '--combine', 'clipped')
  expect(clipped.code).toBe(2)
  expect(clipped.stderr).toContain('no such way of combining')
})

test('a folder in use is refused, a survey without a band is wrong use', async () => {
  const out = freshFolder()
  await writeFile(join(out, 'notes.txt'), '')
  const taken = await skyloom('mosaic', 'plan', '--images', DEMO, '--out', out)
  expect(taken.code, taken.stderr).toBe(4)
  expect(taken.stderr).toContain('[RECIPE_FOLDER_IN_USE]')
  const survey = await skyloom(
    'mosaic',
    'plan',
    'M 42',
    '--size',
    '1',
    '--survey',
    'wise',
    '--out',
    join(out, 'new'),
  )
  expect(survey.code, survey.stderr).toBe(2)
  expect(survey.stderr).toContain('such as 2MASS:J')
})

test('a mosaic workflow needs images from somewhere', async () => {
  const { code, stderr } = await skyloom('mosaic', 'plan', '--out', join(freshFolder(), 'out'))
  expect(code).toBe(2)
  expect(stderr).toContain('give either --images or --survey')
})
