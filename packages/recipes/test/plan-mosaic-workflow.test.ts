import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { numberColumn, readIpacTable, textColumn } from '@skyloom/fits/tables'
import { callModule, loadModule } from '@skyloom/montage'
import { type MosaicPlanFile, makeTemplate } from '@skyloom/mosaic'
import { indexWorkflow, readReplicaCatalog, readWorkflow, topologicalOrder } from '@skyloom/workflow'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder, keptFolder } from '../../../testing/folders.ts'
import { engineContents } from '../src/node/engine-contents.ts'
import { type MosaicRequest, planMosaicWorkflow } from '../src/node/index.ts'

/** A small mosaic in the middle of the demo. */
function request(outDir: string, options: Partial<MosaicRequest> = {}): MosaicRequest {
  return {
    source: { kind: 'folder', path: demoImages, hdu: 'first' },
    form: 'montage',
    pictureSide: 200,
    commandsDir: join(outDir, 'bin'),
    outDir,
    name: 'm42',
    ...options,
  }
}

describe('the workflow of the demo for Montage', () => {
  const folder = keptFolder()

  test('names images, pairs and size', async () => {
    const summary = await planMosaicWorkflow(request(folder))
    expect(summary).toMatchObject({ width: 2231, height: 2196, pairCount: 17, beside: [], rejected: [] })
    expect(summary.images).toHaveLength(10)
    expect(summary.files.map((path) => basename(path)).at(-1)).toBe('workflow.yml')
  })

  test('predicts the grid of each projected image', () => {
    const { table } = readIpacTable(readFileSync(join(folder, 'projected.tbl'), 'latin1'))
    expect(textColumn(table, 'fname')[0]).toBe('p-2mass-atlas-001124n-j0850232.fits')
    // 512 x 1024 pixels of one arcsecond, hardly turned.
    for (const width of numberColumn(table, 'naxis1')) expect(Math.abs(width - 519)).toBeLessThan(8)
    for (const height of numberColumn(table, 'naxis2')) expect(Math.abs(height - 1029)).toBeLessThan(8)
  })

  test('a folder in use is refused, the own files are replaced on demand', async () => {
    await expect(planMosaicWorkflow(request(folder))).rejects.toMatchObject({ code: 'RECIPE_FOLDER_IN_USE' })
    await planMosaicWorkflow(request(folder, { overwrite: true }))
    const other = freshFolder()
    writeFileSync(join(other, 'notes.txt'), '')
    await expect(planMosaicWorkflow(request(other, { overwrite: true }))).rejects.toMatchObject({
      code: 'RECIPE_FOLDER_IN_USE',
      message: expect.stringContaining('notes.txt') as string,
    })
    expect(readdirSync(other)).toEqual(['notes.txt'])
  })
})

test('a place takes the images that lie there, and its modules make the mosaic', async () => {
  const folder = freshFolder()
  const summary = await planMosaicWorkflow(
    request(folder, {
      location: 'M 43',
      sizeDeg: { width: 0.02, height: 0.03 },
      template: { scaleDeg: 2 / 3600 },
    }),
  )
  expect(summary).toMatchObject({ width: 36, height: 54 })
  expect(summary.images.length + summary.beside.length).toBe(10)
  expect(summary.beside.length).toBeGreaterThan(5)
  const work = join(folder, 'scratch')
  await runHere(folder, work)
  await using file = await openFitsFile(join(work, 'mosaic.fits'))
  const { data } = await readImage(await file.hdu(0), { as: 'float64' })
  const values = data.filter((value) => !Number.isNaN(value))
  expect(values.length).toBeGreaterThan(0.98 * data.length)
  expect(readFileSync(join(work, 'mosaic.png')).subarray(1, 4).toString('latin1')).toBe('PNG')
})

test('a survey is an archive folder of the registry', async () => {
  const folder = freshFolder()
  const surveysFile = join(folder, 'surveys.json')
  const bands = { J: { kind: 'folder', path: demoImages } }
  writeFileSync(surveysFile, JSON.stringify({ surveys: { demo: { title: 'Demo', bands } } }))
  const source = { kind: 'survey', survey: 'demo', band: 'J', surveysFile } as const
  const place = { location: '83.8 -5.3', sizeDeg: { width: 0.1, height: 0.1 } }
  const summary = await planMosaicWorkflow(request(join(folder, 'out'), { source, ...place }))
  expect(summary).toMatchObject({ width: 360, height: 360 })
  await expect(planMosaicWorkflow(request(join(folder, 'other'), { source }))).rejects.toMatchObject({
    code: 'RECIPE_BAD_OPTION',
  })
})

describe('the workflow of the engine', () => {
  const engine = { form: 'engine' } as const

  test('has the jobs of mosaic make, its plan and its template', async () => {
    const folder = freshFolder()
    const summary = await planMosaicWorkflow(
      request(folder, { ...engine, pixels: { background: 'level', planes: ['context'] } }),
    )
    expect(summary).toMatchObject({ width: 2231, height: 2196, pairCount: 17, beside: [], rejected: [] })
    expect(summary.files.slice(0, 2).map((path) => basename(path))).toEqual([
      'mosaic-plan.json',
      'region.hdr',
    ])
    const workflow = readWorkflow(readFileSync(join(folder, 'workflow.yml'), 'utf8'))
    if (!workflow.ok) throw new Error('the workflow cannot be read')
    const names = workflow.value.jobs.map((job) => (job.type === 'job' ? job.name : job.type))
    const count = (name: string): number => names.filter((other) => other === name).length
    expect(['mProject', 'mDiffFit', 'mBgModel', 'mAdd', 'mViewer'].map(count)).toEqual([10, 17, 2, 1, 1])
    const plan = JSON.parse(readFileSync(join(folder, 'mosaic-plan.json'), 'utf8')) as MosaicPlanFile
    expect(plan.settings).toMatchObject({ background: 'level', planes: ['context'], method: 'area' })
  })

  test('of an archive folder is that of its images; of a list without headers outlines tell the pairs', async () => {
    const folder = freshFolder()
    const surveysFile = join(folder, 'surveys.json')
    const bands = { J: { kind: 'folder', path: demoImages } }
    writeFileSync(surveysFile, JSON.stringify({ surveys: { demo: { title: 'Demo', bands } } }))
    const source = { kind: 'survey', survey: 'demo', band: 'J', surveysFile } as const
    const place = { location: '83.8 -5.3', sizeDeg: { width: 0.1, height: 0.1 } }
    const pixels = { combine: 'clipped' } as const
    const bySurvey = await planMosaicWorkflow(
      request(join(folder, 'survey'), { ...engine, source, pixels, ...place }),
    )
    const byFolder = await planMosaicWorkflow(
      request(join(folder, 'folder'), { ...engine, pixels, ...place }),
    )
    expect(bySurvey.images).toEqual(byFolder.images)
    for (const name of ['mosaic-plan.json', 'region.hdr', 'workflow.yml'])
      expect(readFileSync(join(folder, 'survey', name), 'utf8').replace('name: survey', 'name: folder')).toBe(
        readFileSync(join(folder, 'folder', name), 'utf8'),
      )
  })

  test('a template whose images the archive only lists goes by their outlines', () => {
    const image = (lonDeg: number) => ({
      lfn: `at-${lonDeg}.fits`,
      url: `http://archive.example/at-${lonDeg}.fits`,
      hdu: 0,
      sizeBytes: undefined,
      outline: [
        { lonDeg, latDeg: 0 },
        { lonDeg: lonDeg + 0.1, latDeg: 0 },
        { lonDeg: lonDeg + 0.1, latDeg: 0.1 },
        { lonDeg, latDeg: 0.1 },
      ],
    })
    const template = makeTemplate([], {
      centre: { lonDeg: 10.1, latDeg: 0.05 },
      sizeDeg: { width: 0.2, height: 0.1 },
      scaleDeg: 1 / 3600,
      frame: { system: 'icrs' },
    })
    const found = {
      images: [image(10), image(10.05), image(10.12), image(20)],
      headers: [],
      records: undefined,
      rejected: [],
      scaleDeg: 1 / 3600,
    }
    const contents = engineContents({ name: 'x', found, template, templateFile: undefined, pixels: {} })
    expect(contents.beside).toEqual(['at-20.fits'])
    const plan = JSON.parse(contents.inputs.get('mosaic-plan.json') ?? '') as MosaicPlanFile
    expect(plan.pairs).toEqual([
      { plus: 0, minus: 1 },
      { plus: 1, minus: 2 },
    ])
    expect(plan.images[0]?.path).toBe('http://archive.example/at-10.fits')
    expect(contents.places.get('at-10.fits')).toBe('http://archive.example/at-10.fits')
  })
})

test.each([
  [{ form: 'engine', pixels: { anchors: ['no such image'] } }, 'MOSAIC_BAD_OPTION'],
  [{ pixels: { combine: 'clipped' } }, 'RECIPE_BAD_OPTION'],
  [{ pixels: { method: 'drizzle' } }, 'RECIPE_BAD_OPTION'],
  [
    {
      form: 'engine',
      source: { kind: 'survey', survey: '2MASS', band: 'J' },
      location: '1 1',
      sizeDeg: { width: 1, height: 1 },
      pixels: { quality: { mask: 'masks' } },
    },
    'RECIPE_BAD_OPTION',
  ],
  [{ location: 'M 42' }, 'RECIPE_BAD_OPTION'],
  [{ location: '10 10', sizeDeg: { width: 0.1, height: 0.1 } }, 'RECIPE_NO_IMAGES'],
  [{ location: 'no such object', sizeDeg: { width: 0.1, height: 0.1 } }, 'MOSAIC_UNKNOWN_OBJECT'],
] satisfies [Partial<MosaicRequest>, string][])('%j is refused', async (options, code) => {
  const outDir = join(freshFolder(), 'out')
  await expect(planMosaicWorkflow(request(outDir, options))).rejects.toMatchObject({ code })
})

/** Runs the jobs one after the other in one folder, with links to the inputs. */
async function runHere(folder: string, work: string): Promise<void> {
  mkdirSync(work)
  const replicas = readReplicaCatalog(readFileSync(join(folder, 'replicas.yml'), 'utf8'))
  const workflow = readWorkflow(readFileSync(join(folder, 'workflow.yml'), 'utf8'))
  if (!replicas.ok || !workflow.ok) throw new Error('the files cannot be read')
  for (const { lfn, locations } of replicas.value.replicas)
    symlinkSync(fileURLToPath(locations[0]?.pfn ?? ''), join(work, lfn))
  const { jobs } = workflow.value
  for (const index of topologicalOrder(indexWorkflow(workflow.value).graph)) {
    const job = jobs[index]
    const module = job?.type === 'job' ? await loadModule(job.name) : undefined
    if (job === undefined || module === undefined) throw new Error(`job ${index} names no module`)
    const words = job.arguments
    const { exitCode, stdout } = await callModule(module, words, work)
    expect(exitCode, `${module.name} ${words.join(' ')}: ${stdout}`).toBe(0)
  }
}
