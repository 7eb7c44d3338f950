// The image sets of the benchmark: the ten of the demo, or a made-up survey with the geometry of 2MASS from the generator of the shared data.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { keptData } from '../support/kept-data.mjs'

const PYTHON = process.env.SKYLOOM_PYTHON ?? '/usr/bin/python3'
const SEED = '4'

/** Puts the images of a set, unpacked, into `raw` of a folder, and the template of the mosaic beside them. */
export function prepareImages(set, work) {
  if (set === 'demo') prepareDemo(work)
  else prepareSurvey(Number(set), work)
}

function prepareDemo(work) {
  mkdirSync(join(work, 'raw'))
  mkdirSync(join(work, 'packed'))
  for (const name of readdirSync('demo/images').filter((file) => file.endsWith('.gz'))) {
    const packed = readFileSync(join('demo/images', name))
    writeFileSync(join(work, 'packed', name), packed)
    writeFileSync(join(work, 'raw', name.replace(/\.gz$/, '')), gunzipSync(packed))
  }
  cpSync(resolve('packages/mosaic/test/fixtures/m42-j-10/template.hdr'), join(work, 'template.hdr'))
}

function prepareSurvey(count, work) {
  if (!(count >= 1)) throw new Error(`no such set: demo, or a number of made-up images`)
  const kept = surveyFolder(count)
  mkdirSync(join(work, 'raw'))
  for (const name of readdirSync(kept).filter((file) => file.endsWith('.fits')))
    symlinkSync(join(kept, name), join(work, 'raw', name))
  montage(work, 'mImgtbl', 'raw', 'images.tbl')
  montage(work, 'mMakeHdr', 'images.tbl', 'template.hdr')
}

/** Folder with so many made-up images; it holds other files as well. */
export function surveyFolder(count) {
  return keptData(`survey-${count}`, (folder) => generate(count, folder))
}

/** The sky that so many made-up images show, without background and noise, on the grid of a template. */
export function surveyTruth(count, template) {
  const kept = keptData(`survey-${count}-truth`, (folder) => {
    generate(count, folder, '--truth-header', template)
    for (const name of readdirSync(folder)) if (name !== 'truth.fits') rmSync(join(folder, name))
  })
  return join(kept, 'truth.fits')
}

function generate(count, folder, ...more) {
  const shared = process.env.SKYLOOM_SHARED ?? '../shared'
  const generator = join(shared, 'data/tools/gen_2mass_like.py')
  if (!existsSync(generator))
    throw new Error(`made-up images need ${generator}: set SKYLOOM_SHARED to the shared data`)
  const args = [generator, '--count', String(count), '--seed', SEED, '--out', folder, ...more]
  const { status } = spawnSync(PYTHON, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('the generator of made-up images failed (it needs astropy and scipy)')
}

function montage(cwd, program, ...args) {
  const { status, stdout } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} failed: ${stdout ?? 'not installed'}`)
}
