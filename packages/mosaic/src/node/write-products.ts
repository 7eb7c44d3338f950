import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import type { ByteSink } from '@skyloom/base'
import { atomicFile, fileFacts, mountedFiles, writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import { EXTRA_PLANES, type ExtraPlane } from '../add/combine.ts'
import { formatCorrectionTable } from '../background/correction-table.ts'
import { formatFitTable } from '../difference/fit-table.ts'
import { formatImageTable } from '../image-table/image-table.ts'
import type { TABLE_NAMES } from '../make/job-files.ts'
import type { ProductSummary } from '../make/summary.ts'
import { fitRows, overlapRows } from '../make/tables.ts'
import { PROGRAM, VERSION } from '../make/version.ts'
import { formatOverlapTable } from '../overlap/overlap-table.ts'
import { gaussianLogBytes } from '../preview/gaussian-log.ts'
import { encodeGreyPng } from '../preview/png.ts'
import { extraName } from '../product/extra-name.ts'
import { type ProductKind, productHeader } from '../product/product-header.ts'
import { isFluxPerPixel } from '../project/project-method.ts'
import { type AddedMosaic, addImages } from './add-stage.ts'
import type { BackgroundModel } from './background-model.ts'
import type { MosaicInput } from './mosaic-input.ts'
import { PRODUCT_NAMES } from './out-folder.ts'
import type { ProjectedImage } from './project-stage.ts'
import { partnerLines, qualityLines } from './quality-history.ts'
import type { MosaicRun } from './run.ts'
import type { MosaicSettings } from './settings.ts'
import { sha256OfFile } from './tasks.ts'

/** Adds the images and writes the mosaic and its area. On failure nothing of them is left. */
export async function writeMosaic(
  run: MosaicRun,
  input: MosaicInput,
  model: BackgroundModel,
): Promise<AddedMosaic> {
  const replace = { overwrite: run.settings.overwrite, blocking: true }
  const mosaic = await atomicFile(join(run.options.outDir, 'mosaic.fits'), replace)
  const area = await atomicFile(join(run.options.outDir, 'mosaic_area.fits'), replace)
  const extras = await extraSinks(run)
  const sinks = [mosaic, area, ...extras.map(({ sink }) => sink)]
  try {
    const added = await addInto(run, input, model, mosaic, area, extras)
    // The disk takes them side by side.
    const commits = await Promise.allSettled(sinks.map(async (sink) => await sink.commit()))
    for (const commit of commits) if (commit.status === 'rejected') throw commit.reason
    if (run.settings.overwrite) await removeOldExtras(run)
    return added
  } catch (error) {
    for (const sink of sinks) await sink.discard()
    throw error
  }
}

/** Files for the planes that are wanted beside mosaic and area. */
async function extraSinks({
  options,
  settings,
}: MosaicRun): Promise<readonly { readonly plane: ExtraPlane; readonly sink: ByteSink }[]> {
  const { overwrite, planes } = settings
  const replace = { overwrite, blocking: true }
  const sinks: { plane: ExtraPlane; sink: ByteSink }[] = []
  for (const plane of planes)
    sinks.push({ plane, sink: await atomicFile(join(options.outDir, extraName(plane)), replace) })
  return sinks
}

/** Takes away planes of an earlier mosaic that this one does not have. */
async function removeOldExtras({ options, settings }: MosaicRun): Promise<void> {
  for (const plane of EXTRA_PLANES) {
    if (!settings.planes.includes(plane)) await rm(join(options.outDir, extraName(plane)), { force: true })
  }
}

/** It takes longer to read these than to ask another thread to do it. */
const LARGE_FILE_BYTES = 4e6

/**
 * Runs and Huffman codes only: blank parts become small, and to look for more in pictures of noise takes twice as long and makes them
 * a tenth smaller.
 */
const packPicture = (rows: Uint8Array): Uint8Array =>
  zlib.deflateSync(rows, { level: 1, strategy: zlib.constants.Z_RLE })

/** Versions of Node before 20.15 have none. */
const platformChecksum = (): typeof zlib.crc32 | undefined => ('crc32' in zlib ? zlib.crc32 : undefined)

/** Writes the picture of a mosaic and gives its bytes. */
export async function writePicture(run: MosaicRun, { preview }: AddedMosaic): Promise<Uint8Array> {
  return await run.meter.measure('write', async (bytes) => {
    const levels = await levelsOf(run, preview)
    const png = encodeGreyPng(levels, preview.width, preview.height, packPicture, platformChecksum())
    bytes.written += png.length
    await writeProduct(run, 'mosaic.png', png)
    return png
  })
}

async function levelsOf(
  { memory, store, pool, options }: MosaicRun,
  { data, extent }: AddedMosaic['preview'],
): Promise<Uint8Array> {
  const valueAt = await store.allocate(data.byteLength)
  const scratchAt = await store.allocate(gaussianLogBytes(data.length))
  try {
    memory.f32(valueAt, data.length).set(data)
    const payload = { valueAt, count: data.length, extent, scratchAt }
    return await pool.run('picture', payload, { signal: options.signal })
  } finally {
    store.release(valueAt)
    store.release(scratchAt)
  }
}

/** Writes template and tables of a mosaic. */
export async function writeTables(run: MosaicRun, input: MosaicInput, model: BackgroundModel): Promise<void> {
  await run.meter.measure('write', async (bytes) => {
    for (const [name, text] of tables(input, model)) {
      bytes.written += text.length
      await writeProduct(run, name, text)
    }
  })
}

async function writeProduct(
  { options, settings }: MosaicRun,
  name: string,
  data: Uint8Array | string,
): Promise<void> {
  await writeFileAtomic(join(options.outDir, name), data, { overwrite: settings.overwrite })
}

async function addInto(
  run: MosaicRun,
  { template, templateFile }: MosaicInput,
  { images, solution, window }: BackgroundModel,
  mosaic: ByteSink,
  area: ByteSink,
  extras: readonly { readonly plane: ExtraPlane; readonly sink: ByteSink }[],
): Promise<AddedMosaic> {
  const { combine, isFloat64 } = run.settings
  const header = (kind: ProductKind): ReturnType<typeof productHeader> =>
    productHeader({
      template: template.header,
      window,
      imageHeaders: images.map(({ image }) => image.header),
      combine,
      kind,
      making: {
        program: PROGRAM,
        version: VERSION,
        history: historyLines(run.settings, templateFile, images),
      },
    })
  const targets = {
    mosaic: { sink: mosaic, header: header('mosaic') },
    area: { sink: area, header: header('area') },
    extras: extras.map(({ plane, sink }) => ({ plane, sink, header: header(plane) })),
  }
  return await run.meter.measure('add', async (bytes) => {
    return await addImages(
      run,
      { images, corrections: solution.corrections, template, window, combine, isFloat64, ...targets },
      bytes,
    )
  })
}

function historyLines(
  settings: MosaicSettings,
  templateFile: string | undefined,
  images: readonly ProjectedImage[],
): readonly string[] {
  return [
    `${PROGRAM} ${VERSION} mosaic make`,
    `method ${settings.method}, background ${settings.background}, combine ${settings.combine}`,
    ...valueLines(settings, images),
    ...qualityLines(settings),
    `template ${templateFile ?? 'made from the images and options'}`,
    ...images.flatMap((projected) => [
      `input ${projected.image.name} hdu ${projected.image.hdu}`,
      `sha256 ${projected.sha256}`,
      ...partnerLines(projected),
    ]),
  ]
}

/** What was assumed of the values, where it is not the ordinary. */
function valueLines(
  { method, pixfrac, conserve }: MosaicSettings,
  images: readonly ProjectedImage[],
): readonly string[] {
  const flux = images.filter(({ image }) => isFluxPerPixel(conserve, image.header.card('BUNIT')?.value))
  return [
    ...(method === 'drizzle' ? [`pixfrac ${pixfrac}`] : []),
    ...(flux.length === 0
      ? []
      : [
          `values of ${flux.length} of ${images.length} images are flux per pixel (${conserve}), and stay so`,
        ]),
  ]
}

function tables(
  { template }: MosaicInput,
  { images, fits, solution }: BackgroundModel,
): readonly (readonly [(typeof TABLE_NAMES)[number], string])[] {
  const names = images.map(({ image }) => image.name)
  const { corrections } = solution
  return [
    ['template.hdr', formatHeaderTemplate(template.header)],
    ['images.tbl', formatImageTable(images.map(({ image }) => image))],
    ['diffs.tbl', formatOverlapTable(overlapRows(names, fits))],
    ['fits.tbl', formatFitTable(fitRows(fits, template.crpix))],
    ['corrections.tbl', formatCorrectionTable(corrections.map((plane, id) => ({ id, ...plane })))],
  ]
}

/** Size and SHA-256 of the products, the report left out. */
export async function productSummaries(
  run: MosaicRun,
  planes: readonly ExtraPlane[],
): Promise<readonly ProductSummary[]> {
  const own = PRODUCT_NAMES.filter((name) => name !== 'report.html')
  const names = [...own, ...planes.map(extraName)]
  return await Promise.all(names.map(async (name) => await summarizeProduct(run, name)))
}

/** Size and SHA-256 of a product of a run; the threads of the run read large ones side by side. */
export async function summarizeProduct(
  { options, pool }: Pick<MosaicRun, 'options' | 'pool'>,
  name: string,
): Promise<ProductSummary> {
  const path = join(options.outDir, name)
  const { sizeBytes } = await fileFacts(path)
  // Other threads do not see what is mounted in this one.
  const isForThreads = sizeBytes >= LARGE_FILE_BYTES && mountedFiles() === undefined
  const sha256 = isForThreads ? await pool.run('digest', path) : await sha256OfFile(path)
  return { name, sizeBytes, sha256 }
}

/** Size and SHA-256 of a file. */
export async function productSummary(folder: string, name: string): Promise<ProductSummary> {
  const path = join(folder, name)
  const { sizeBytes } = await fileFacts(path)
  return { name, sizeBytes, sha256: await sha256OfFile(path) }
}
