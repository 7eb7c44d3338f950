import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, Header } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
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

/** Name and SHA-256 of the products in a folder but for the report, which tells of the run. */
function productsOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'report.html')
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )
}

/** Runs the command in a folder, with its registry there. @returns standard output */
async function ok(folder: string, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await skyloomProcess(folder, ...words)
  expect(code, `${words.join(' ')}\n${stderr}${stdout}`).toBe(0)
  return stdout
}

/** Plans and runs a mosaic as a workflow. @returns the folder of its products */
async function planAndRun(
  folder: string,
  name: string,
  mosaic: readonly string[],
  run: readonly string[] = [],
): Promise<string> {
  const out = join(folder, name)
  await ok(folder, 'mosaic', 'plan', ...mosaic, '--out', out)
  const sites = ['--sites', 'local', '--output-sites', 'local', '--dir', join(out, 'runs')]
  await ok(folder, 'plan', join(out, 'workflow.yml'), ...sites)
  const place = ['--registry', join(folder, 'registry.sqlite')]
  const started = await ok(folder, 'run', 'start', planFolder(out), ...place, ...run, '--no-reuse', '--quiet')
  expect(started).toContain('succeeded')
  return join(out, 'products')
}

test('a place on the sky becomes a workflow, a plan, a run and the mosaic of mosaic make, byte by byte', async () => {
  const folder = freshFolder()
  const registry = ['--registry', join(folder, 'registry.sqlite')]
  const pixels = [
    '--scale',
    '2',
    '--size',
    '0.02 0.03',
    '--planes',
    'variance,context',
    '--combine',
    'clipped',
  ]
  const place = ['--images', demoImages, ...pixels]
  const programs = await planAndRun(folder, 'programs', ['83.88 -5.27', ...place])
  const threads = await planAndRun(folder, 'threads', ['83.88 -5.27', ...place], ['--functions', 'montage'])
  const made = join(folder, 'made')
  await ok(folder, 'mosaic', 'make', '--center', '83.88 -5.27', ...place, '--out', made, ...registry)
  expect(productsOf(made).map((line) => line.split(' ')[0])).toContain('mosaic_context.fits')
  expect(productsOf(programs)).toEqual(productsOf(made))
  expect(productsOf(threads)).toEqual(productsOf(made))
  const trace = await ok(folder, 'trace', join(programs, 'mosaic.fits'), ...registry)
  expect(trace).toContain('mAdd')
  expect(trace).toContain('2mass-atlas-')
  expect(trace).toMatch(/corrections, subtracted.*\n +(?:p-)?2mass-atlas/)
  expect(await ok(folder, 'verify', join(threads, 'mosaic.fits'), ...registry)).toContain(
    'made again: identical',
  )
  // Everything that is said to stand somewhere does, also after the cleanup jobs.
  await ok(folder, 'registry', 'verify', ...registry)
})

test('weights and masks are inputs of every form: staged, in the history, watched by verify', async () => {
  const folder = freshFolder()
  const images = join(folder, 'images')
  for (const name of ['images', 'weights', 'masks']) mkdirSync(join(folder, name))
  const names = readdirSync(demoImages)
    .filter((name) => name.endsWith('.gz'))
    .sort()
    .slice(0, 2)
  for (const name of names) {
    copyFileSync(join(demoImages, name), join(images, name))
    await writePlane(
      join(images, name),
      join(folder, 'weights', name.replace('.gz', '')),
      (at) => 1 + (at % 7),
    )
    symlinkSync(join(folder, 'mask.fits'), join(folder, 'masks', name.replace('.gz', '')))
  }
  await writePlane(join(images, names[0] ?? ''), join(folder, 'mask.fits'), (at) => Number(at % 1000 === 0))
  const registry = ['--registry', join(folder, 'registry.sqlite')]
  const quality = ['--weight', 'weights/{stem}.fits', '--mask', 'masks/{stem}.fits', '--planes', 'weight']
  const mosaic = ['--images', images, ...quality]
  const make = ['mosaic', 'make', ...mosaic, ...registry]
  await ok(folder, ...make, '--out', 'memory')
  await ok(folder, ...make, '--out', 'classic', '--workflow', 'classic')
  const planned = await planAndRun(folder, 'planned', mosaic)
  const memory = join(folder, 'memory')
  expect(productsOf(join(folder, 'classic'))).toEqual(productsOf(memory))
  expect(productsOf(planned)).toEqual(productsOf(memory))
  for (const out of [memory, join(folder, 'classic'), planned]) {
    const trace = await ok(folder, 'trace', join(out, 'mosaic.fits'), ...registry)
    for (const name of names.map((file) => file.replace('.gz', ''))) {
      expect(trace).toMatch(`weight-${name}  -> mProject`)
      expect(trace).toMatch(`mask-${name}  -> mProject`)
    }
    expect(trace).toMatch(/corrections, subtracted.*\n +(?:p-)?2mass-atlas/)
  }
  const report = await ok(folder, 'trace', join(memory, 'report.html'), ...registry)
  expect(report).toContain('mosaic.png')
  await writePlane(join(images, names[0] ?? ''), join(folder, 'mask.fits'), () => 0)
  const changed = await skyloomProcess(folder, 'verify', join(memory, 'mosaic.fits'), ...registry)
  expect(changed.code).toBe(1)
  expect(changed.stdout).toMatch(/input changed: .*masks/)
})

/** Writes a plane with the size of an image. */
async function writePlane(image: string, path: string, value: (pixel: number) => number): Promise<void> {
  await using file = await openFitsFile(image)
  const { shape } = await file.hdu(0)
  const sink = await atomicFile(path, { overwrite: true })
  const writer = await new FitsWriter(sink).beginImage({ bitpix: -32, shape }, new Header())
  await writer.writeRows(
    Float32Array.from({ length: (shape[0] ?? 0) * (shape[1] ?? 0) }, (_, at) => value(at)),
  )
  await writer.end()
  await sink.commit()
}
