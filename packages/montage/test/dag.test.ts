import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkWorkflow,
  indexWorkflow,
  readReplicaCatalog,
  readWorkflow,
  type Workflow,
} from '@skyloom/workflow'
import { beforeEach, expect, test, vi } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { mDAGGalacticPlane, mDAGTbls, mImgtbl } from '../src/index.ts'
import { runModuleIn } from './run-module-in.ts'
import { readMosaic, writeSmallSurvey } from './support/small-survey.ts'

let folder = ''

beforeEach(async () => {
  folder = freshFolder()
  mkdirSync(join(folder, 'work'))
  writeSmallSurvey(folder)
  await mImgtbl({ folder: '.', table: 'images.tbl', hasCorners: true }, { cwd: folder })
})

const run = async (cwd: string, name: string, args: readonly string[]): Promise<string> =>
  (await runModuleIn(cwd, name, ...args)).stdout

function readWritten(file: string): Workflow {
  const reading = readWorkflow(readFileSync(join(folder, 'work', file), 'utf8'))
  if (!reading.ok) throw new Error(JSON.stringify(reading))
  const { value, warnings } = reading
  expect(warnings).toEqual([])
  expect(checkWorkflow(value)).toEqual([])
  return value
}

test('the workflow of mDAGFiles runs: every job in a folder with nothing but its inputs', async () => {
  expect(await run(folder, 'mDAGFiles', ['images.tbl', 'region.hdr', 'work', 'file:///data/work'])).toMatch(
    /^\[struct stat="OK", module="mDAGFiles", id="mosaic-[0-9a-f]{12}"\]\n$/,
  )
  const workflow = readWritten('workflow.yml')
  const names = workflow.jobs.map((job) => ('name' in job ? job.name : ''))
  const count = (name: string): number => names.filter((each) => each === name).length
  expect([count('mProject'), count('mDiffFit'), count('mBackground'), count('mAdd')]).toEqual([3, 2, 3, 1])
  // What a replica catalog tells is there before; everything else comes from a job.
  const files = new Map(['a.fits', 'b.fits', 'c.fits'].map((name) => [name, join(folder, name)]))
  for (const name of readdirSync(join(folder, 'work'))) files.set(name, join(folder, 'work', name))
  for (const [index, job] of workflow.jobs.entries()) {
    if (job.type !== 'job') throw new Error('another kind of job')
    const place = join(folder, `job-${index}`)
    mkdirSync(place)
    for (const use of job.uses)
      if (use.type === 'input') cpSync(files.get(use.lfn) ?? '', join(place, use.lfn))
    const stdout = await run(place, job.name, job.arguments.map(String))
    expect(stdout, `${job.name} ${job.arguments.join(' ')}`).not.toContain('stat="ERROR"')
    for (const use of job.uses) {
      if (use.type !== 'output') continue
      expect(existsSync(join(place, use.lfn)), `${job.name} makes ${use.lfn}`).toBe(true)
      files.set(use.lfn, join(place, use.lfn))
    }
  }
  const { width, values } = readMosaic(readFileSync(files.get('mosaic.fits') ?? ''))
  expect(width).toBe(100)
  expect(values.length).toBeGreaterThan(3000)
  // The three levels have become one.
  expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.1)
})

test('replicas tell where images and tables are', async () => {
  await run(folder, 'mDAGFiles', ['images.tbl', 'region.hdr', 'work', 'https://host/mosaic/'])
  const reading = readReplicaCatalog(readFileSync(join(folder, 'work/replicas.yml'), 'utf8'))
  if (!reading.ok) throw new Error(JSON.stringify(reading))
  const places = new Map(reading.value.replicas.map(({ lfn, locations }) => [lfn, locations[0]]))
  expect(places.get('a.fits')).toMatchObject({ site: 'local', pfn: `file://${join(folder, 'a.fits')}` })
  expect(places.get('region.hdr')).toMatchObject({ site: 'web', pfn: 'https://host/mosaic/region.hdr' })
  const workflow = readWritten('workflow.yml')
  const made = new Set(
    workflow.jobs.flatMap(({ uses }) => uses.filter(({ type }) => type === 'output').map(({ lfn }) => lfn)),
  )
  const needed = workflow.jobs.flatMap(({ uses }) =>
    uses.filter(({ type }) => type === 'input').map(({ lfn }) => lfn),
  )
  expect(needed.filter((lfn) => !made.has(lfn) && !places.has(lfn))).toEqual([])
  expect(indexWorkflow(workflow)).toBeDefined()
})

test('mDAGTbls predicts at least what projection makes', async () => {
  const input = {
    images: 'images.tbl',
    template: 'region.hdr',
    raw: 'r.tbl',
    projected: 'p.tbl',
    corrected: 'c.tbl',
  }
  expect(await mDAGTbls(input, { cwd: folder })).toEqual({ count: 3, total: 4 })
  await run(folder, 'mProject', ['b.fits', 'pb.fits', 'region.hdr'])
  const head = readFileSync(join(folder, 'pb.fits')).subarray(0, 2880).toString('latin1')
  const value = (key: string): number => Number(new RegExp(`${key} *= *([-.\\dE]+)`).exec(head)?.[1])
  const table = readFileSync(join(folder, 'p.tbl'), 'latin1').split('\n')
  const names = (table.find((line) => line.startsWith('|')) ?? '').split('|').map((name) => name.trim())
  const row = (table.find((line) => line.includes('pb.fits')) ?? '').trim().split(/\s+/)
  // Two columns hold three words each: the position in parts is of no use here, so words are counted from the end.
  const fromEnd = (name: string): number =>
    Number(
      row.at(names.filter((each) => each !== '').indexOf(name) - names.filter((each) => each !== '').length),
    )
  const predicted = { width: fromEnd('naxis1'), crpix: fromEnd('crpix1') }
  expect(predicted.width - value('NAXIS1')).toBeGreaterThanOrEqual(0)
  expect(predicted.width - value('NAXIS1')).toBeLessThanOrEqual(8)
  expect(predicted.crpix - value('CRPIX1')).toBeGreaterThanOrEqual(0)
})

test('mDAG asks the archive and keeps the template it is given', async () => {
  const registry = { surveys: { Sky: { kind: 'folder', path: folder, bands: { J: {} } } } }
  writeFileSync(join(folder, 'surveys.json'), JSON.stringify(registry))
  vi.stubEnv('SKYLOOM_SURVEYS', join(folder, 'surveys.json'))
  try {
    const args = ['-h', 'sky', 'j', 'region.hdr', 'work', 'file:///w', 'https://results']
    expect(await run(folder, 'mDAG', args)).toContain('id="sky-j-')
    expect(readWritten('workflow.yml').metadata).toBeDefined()
    expect(readFileSync(join(folder, 'work/region.hdr'), 'utf8')).toBe(
      readFileSync(join(folder, 'region.hdr'), 'utf8'),
    )
    expect(
      await run(folder, 'mDAG', ['sky', 'J', '150 20', '0.05', '0.05', '0.001', 'work', 'file:///w']),
    ).toContain('id="sky-J-')
    expect(
      await run(folder, 'mDAG', ['sky', 'J', '10 20', '0.05', '0.05', '0.001', 'work', 'file:///w']),
    ).toContain('stat="ERROR", msg="No image touches the region"')
    expect(
      await run(folder, 'mDAG', ['sky', 'J', '150 20', '0.05', '0.05', '0.001', 'none', 'file:///w']),
    ).toContain('stat="ERROR"')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('mDAGGalacticPlane adds in tiles that cover the template once', async () => {
  const registry = { surveys: { Sky: { kind: 'folder', path: folder, bands: { J: {} } } } }
  writeFileSync(join(folder, 'surveys.json'), JSON.stringify(registry))
  // 150, 20 in galactic coordinates is 213.801, 50.264 (astropy).
  const region = { lonDeg: 213.8, latDeg: 50.26, widthDeg: 0.4, heightDeg: 0.3, cdeltDeg: 0.001 }
  const input = { survey: 'Sky', band: 'J', region, folder: 'work', folderUrl: 'file:///w', resultUrl: 'x' }
  await mDAGGalacticPlane(
    { ...input, tilePixels: 150, surveys: join(folder, 'surveys.json') },
    { cwd: folder },
  )
  const head = readFileSync(join(folder, 'work/region.hdr'), 'utf8')
  expect(head).toMatch(/NAXIS1 {2}= 400\nNAXIS2 {2}= 300\nCTYPE1 {2}= 'GLON-CAR'\nCTYPE2 {2}= 'GLAT-CAR'/)
  expect(head).toMatch(/CRVAL2 {2}= +0\.0+\n/)
  const adds = readWritten('workflow.yml').jobs.filter((job) => 'name' in job && job.name === 'mAdd')
  expect(adds.length).toBeGreaterThan(0)
  expect(adds.every(({ uses }) => uses.some(({ lfn }) => /^tile_\d_\d\.hdr$/.test(lfn)))).toBe(true)
})
