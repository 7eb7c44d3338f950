import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { openRegistry, type RunRow } from '@skyloom/registry'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { skyloom } from './command.ts'

const SKYLOOM = fileURLToPath(new URL('../bin/skyloom.js', import.meta.url))
/** Bytes of the header of the demo's mosaic are fewer. */
const IN_PIXELS = 10_000_000

interface Setting {
  readonly images: string
  readonly out: string
  readonly registry: string
}

/** Copies of three overlapping images of the demo, a registry and an output folder. */
async function setting({ isPacked = false } = {}): Promise<Setting> {
  const folder = freshFolder()
  const images = join(folder, 'images')
  await mkdir(images)
  const names = (await readdir(demoImages)).filter((name) => name.endsWith('.gz')).sort()
  for (const name of names.slice(0, 3)) {
    const bytes = await readFile(join(demoImages, name))
    if (isPacked) await writeFile(join(images, name), bytes)
    else await writeFile(join(images, name.replace('.gz', '')), gunzipSync(bytes))
  }
  return { images, out: join(folder, 'm42'), registry: join(folder, 'registry.db') }
}

function make({ images, out, registry }: Setting): readonly string[] {
  return ['mosaic', 'make', '--images', images, '--out', out, '--registry', registry]
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await skyloom(...args)
  expect(code, stderr).toBe(0)
  return stdout
}

async function flipByte(path: string, position: number): Promise<void> {
  await using file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, position)
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, position)
}

async function runs(registryPlace: string): Promise<readonly RunRow[]> {
  await using registry = await openRegistry(registryPlace, { create: false })
  return await registry.runs.list()
}

/** Checksums of all products but the report, which tells how long it took. */
async function productsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).filter((name) => name !== 'report.html').sort()
  const sum = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sum(name)] as const)))
}

test('every mosaic has a run, a history and can be made again', async () => {
  const place = await setting()
  const at = ['--registry', place.registry]
  await ok(...make(place))
  const [image = ''] = (await readdir(place.images)).sort()
  const mosaic = join(place.out, 'mosaic.fits')

  const traced = await ok('trace', mosaic, ...at)
  expect(traced).toContain(image)
  expect(traced).toMatch(/mAdd 0\.1\.0 \(mAdd_add\)/)
  expect(traced).toMatch(/mProject 0\.1\.0 \(mProject_image_2\)/)
  expect(traced).toMatch(new RegExp(`p-${image}  -?[\\d.e-]+ x \\+ `))

  expect(await ok('run', 'list', ...at)).toContain('m42')
  expect(await ok('run', 'status', ...at)).toMatch(/100\.0 +Success +m42/)
  expect(await ok('run', 'statistics', '--part', 'all', ...at)).toContain('mDiffFit')
  expect(await ok('run', 'explain', 'mAdd_add', ...at)).toContain('it ran: no earlier run has its result')
  await ok('run', 'timeline', '-o', join(place.out, '..', 'run.html'), ...at)

  const verified = await ok('verify', mosaic, ...at)
  expect(verified).toContain('from 5 files')
  expect(verified).toMatch(/made again: identical\n$/)
  await ok('verify', join(place.out, 'corrections.tbl'), ...at)
})

test('--workflow classic runs processes of Montage modules on files and makes the same products', async () => {
  const place = await setting()
  const classic = { ...place, out: join(place.out, '..', 'classic') }
  const options = ['--combine', 'median', '--float64', '--jobs', '2']
  await ok(...make(place), ...options)
  await ok(...make(classic), ...options, '--workflow', 'classic')
  expect(await productsOf(classic.out)).toEqual(await productsOf(place.out))
  const [run] = await runs(place.registry)
  const jobs = await ok('run', 'jobs', run?.id ?? '', '--registry', place.registry)
  expect(jobs).toMatch(/mDiffFit_pair_0_1\s+succeeded/)
  const traced = await ok('trace', join(classic.out, 'mosaic.fits'), '--registry', place.registry)
  expect(traced).toMatch(/corrections\.json +-> mAdd [0-9a-f]{8} \(mAdd_add\)/)
  const verified = await ok('verify', join(classic.out, 'mosaic.fits'), '--registry', place.registry)
  expect(verified).toContain('made again: identical')
})

test('verify says where a mosaic was changed, and which input was', async () => {
  const place = await setting()
  const at = ['--registry', place.registry]
  await ok(...make(place))
  const mosaic = join(place.out, 'mosaic.fits')
  const before = await readFile(mosaic)
  await flipByte(mosaic, Math.min(IN_PIXELS, before.length / 2))
  const changed = await skyloom('verify', mosaic, ...at)
  expect(changed.code).toBe(1)
  expect(changed.stdout).toContain('the file was changed since it was made')
  expect(changed.stdout).toMatch(/HDU 0: 1 of \d+ pixels differ .* largest difference/)
  await writeFile(mosaic, before)

  const [image = ''] = (await readdir(place.images)).sort()
  await flipByte(join(place.images, image), 20_000)
  const { code, stdout } = await skyloom('verify', mosaic, ...at)
  expect(code).toBe(1)
  expect(stdout).toContain(`input changed: ${join(place.images, image)}`)
  expect(stdout).toContain('not made again')
})

describe('crash equals pause', () => {
  test('killed at any time and begun again: the same run, the same products', async () => {
    const place = await setting()
    const whole = await setting()
    await ok(...make(whole))
    const undisturbed = await productsOf(whole.out)
    for (const word of ['project: 3 images', 'difference:', 'add:']) {
      const disturbed = {
        ...place,
        out: join(place.out, word.slice(0, 3)),
        registry: `${place.registry}-${word.slice(0, 3)}`,
      }
      await killAt(disturbed, says(word))
      const killed = await runs(disturbed.registry)
      await ok(...make(disturbed))
      expect(await productsOf(disturbed.out)).toEqual(undisturbed)
      const after = await runs(disturbed.registry)
      expect(after.map(({ state }) => state)).toEqual(['succeeded'])
      if (killed.length > 0) expect(after[0]?.id).toBe(killed[0]?.id)
    }
  })

  const forms = [
    { workflow: 'memory', moments: [says('project: 3 images'), says('add:')] },
    { workflow: 'classic', moments: [hasFile(/\/p-.*\.fits$/)] },
  ] as const

  test.for(forms)('$workflow: killed and resumed by run resume', async ({ workflow, moments }) => {
    const place = await setting()
    const form = ['--workflow', workflow, '--combine', 'median']
    await ok(...make({ ...place, out: `${place.out}-whole`, registry: `${place.registry}-whole` }), ...form)
    const undisturbed = await productsOf(`${place.out}-whole`)
    for (const [at, moment] of moments.entries()) {
      const registry = join(place.images, '..', String(at), 'registry.db')
      const disturbed = { ...place, out: `${place.out}-${at}`, registry }
      expect(await killAt(disturbed, moment, form)).toBe('SIGKILL')
      const [killed] = await runs(disturbed.registry)
      await ok('run', 'resume', killed?.directory ?? '', '--registry', disturbed.registry)
      expect(await productsOf(disturbed.out)).toEqual(undisturbed)
      expect(await readdir(disturbed.out)).toContain('report.html')
      const after = await runs(disturbed.registry)
      expect(after.map(({ id, state }) => ({ id, state }))).toEqual([{ id: killed?.id, state: 'succeeded' }])
      // What is there is left alone.
      expect(await ok('run', 'resume', '--registry', disturbed.registry)).toMatch(
        /succeeded: (\d+) of \1 jobs/,
      )
    }
  })

  test('killed and resumed from relative paths, and refused when its images have changed', async () => {
    const place = await setting()
    const folder = join(place.images, '..')
    const relative = { images: 'images', out: 'm42', registry: 'registry.db' }
    expect(await killAt(relative, says('project: 3 images'), [], folder)).toBe('SIGKILL')
    const [first = ''] = await readdir(place.images)
    await copyFile(join(place.images, first), join(place.images, 'more.fits'))
    const { code, stderr } = await skyloom('run', 'resume', '--registry', place.registry)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/the inputs of the mosaic are not what they were.*RUNNER_BAD_PLAN/)
    await rm(join(place.images, 'more.fits'))
    await ok('run', 'resume', '--registry', place.registry)
    expect(await readdir(place.out)).toContain('report.html')
  })

  test('killed and begun in another way: the former run is canceled', async () => {
    const place = await setting()
    await killAt(place, says('project: 3 images'))
    await ok(...make(place), '--combine', 'median')
    const [second, first] = await runs(place.registry)
    expect([second?.state, first?.state]).toEqual(['succeeded', 'cancelled'])
    expect(first?.reason).toBe(`begun in another way as run ${second?.id ?? ''}`)
    const { code, stderr } = await skyloom('run', 'resume', first?.id ?? '', '--registry', place.registry)
    expect(code).toBe(4)
    expect(stderr).toContain('MOSAIC_OUT_NOT_EMPTY')
  })

  test('without having been interrupted an output folder in use is refused', async () => {
    const place = await setting()
    await ok(...make(place))
    const { code, stderr } = await skyloom(...make(place))
    expect(code, stderr).toBe(4)
    await ok(...make(place), '--overwrite')
    expect((await runs(place.registry)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
  })
})

/** When a command is killed: by what it said so far, and where its runs are. */
type Moment = (said: string, runsDir: string) => boolean

function says(word: string): Moment {
  return (said) => said.includes(word)
}

/** A finished file of a job is there. */
function hasFile(name: RegExp): Moment {
  return (_, runsDir) =>
    existsSync(runsDir) &&
    readdirSync(runsDir, { recursive: true, encoding: 'utf8' }).some(
      (path) => path.includes('/scratch/') && !path.includes('/.') && name.test(path),
    )
}

/** Kills the command at a moment, or lets it end. @returns the signal that ended it */
async function killAt(
  place: Setting,
  isMoment: Moment,
  options: readonly string[] = [],
  cwd = '.',
): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [SKYLOOM, ...make(place), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd,
  })
  let said = ''
  const look = (): void => {
    if (isMoment(said, resolvePath(cwd, place.registry, '..', 'runs'))) child.kill('SIGKILL')
  }
  const timer = setInterval(look, 20)
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    look()
  })
  return await new Promise((resolve) =>
    child.on('exit', (_code, signal) => {
      clearInterval(timer)
      resolve(signal)
    }),
  )
}

describe('damaged images', () => {
  test('whose damage shows only in their pixels: the run that met it names it, another makes the mosaic', async () => {
    const place = await setting({ isPacked: true })
    const names = (await readdir(place.images)).sort()
    const alone = await setting({ isPacked: true })
    await ok(...make({ ...alone, images: await copiesOf(place.images, names.slice(0, 2)) }))
    const [, , last = ''] = names
    await flipByte(join(place.images, last), 500_000)
    const { code, stdout } = await skyloom(...make(place))
    expect(code).toBe(3)
    expect(stdout).toMatch(new RegExp(`left out .*${last}`))
    expect((await runs(place.registry)).map(({ state }) => state)).toEqual(['succeeded', 'failed'])
    const failed = (await runs(place.registry))[1]?.id ?? ''
    const why = await skyloom('run', 'analyze', failed, '--registry', place.registry)
    expect(why.stdout).toContain('the mosaic begins again without damaged images')
    expect(why.stdout).toContain(last)
    expect(await productsOf(place.out)).toEqual(await productsOf(alone.out))
  })

  test('are tolerated in one run when the template is given', async () => {
    const place = await setting({ isPacked: true })
    const whole = await setting({ isPacked: true })
    await ok(...make(whole))
    const [, , last = ''] = (await readdir(place.images)).sort()
    await flipByte(join(place.images, last), 500_000)
    const { code } = await skyloom(...make(place), '--header', join(whole.out, 'template.hdr'))
    expect(code).toBe(3)
    expect((await runs(place.registry)).map(({ state }) => state)).toEqual(['succeeded'])
    expect(await ok('verify', join(place.out, 'mosaic.fits'), '--registry', place.registry)).toContain(
      'identical',
    )
  })
})

async function copiesOf(folder: string, names: readonly string[]): Promise<string> {
  const to = freshFolder()
  for (const name of names) await copyFile(join(folder, name), join(to, name))
  return to
}
