import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ByteSink } from '@skyloom/base'
import { atomicFile, writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import { formatCorrectionTable } from '../background/correction-table.ts'
import type { BackgroundPlane } from '../background/plane.ts'
import { formatFitTable } from '../difference/fit-table.ts'
import { formatImageTable } from '../image-table/image-table.ts'
import type { MosaicSummary } from '../make/summary.ts'
import { type FittedPair, fitRows, overlapRows } from '../make/tables.ts'
import { PROGRAM, VERSION } from '../make/version.ts'
import { formatOverlapTable } from '../overlap/overlap-table.ts'
import { gaussianLogStretch } from '../preview/gaussian-log.ts'
import { encodeGreyPng } from '../preview/png.ts'
import { productHeader } from '../product/product-header.ts'
import { isFluxPerPixel } from '../project/project-method.ts'
import type { Region } from '../region.ts'
import { graticule } from '../report/graticule.ts'
import type { SkyPicture } from '../report/sky-map.ts'
import type { Template } from '../template/template.ts'
import { type AddedMosaic, addImages } from './add-stage.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import { sha256OfFile } from './tasks.ts'

/** What products are made of. */
export interface ProductContent {
  readonly template: Template
  readonly images: readonly ProjectedImage[]
  readonly fits: readonly FittedPair[]
  readonly corrections: readonly BackgroundPlane[]
  readonly window: Region
}

/** Products that stand in the output folder, and what the report needs of them. */
export interface WrittenProducts {
  readonly added: AddedMosaic
  readonly picture: SkyPicture
  readonly products: MosaicSummary['products']
}

/** Adds the images and writes every product but the report. On failure nothing incomplete is left. */
export async function writeProducts(run: MosaicRun, content: ProductContent): Promise<WrittenProducts> {
  const replace = { overwrite: run.settings.overwrite }
  const mosaic = await atomicFile(join(run.options.outDir, 'mosaic.fits'), replace)
  const area = await atomicFile(join(run.options.outDir, 'mosaic_area.fits'), replace)
  try {
    const added = await addInto(run, content, mosaic, area)
    await mosaic.commit()
    await area.commit()
    return await run.meter.measure('write', async (bytes) => {
      const { preview } = added
      const { levels } = gaussianLogStretch(preview.data)
      const png = await encodeGreyPng(levels, preview.width, preview.height)
      const files = [['mosaic.png', png] as const, ...tables(content)]
      for (const [name, data] of files) {
        bytes.written += data.length
        await writeFileAtomic(join(run.options.outDir, name), data, replace)
      }
      const names = ['mosaic.fits', 'mosaic_area.fits', ...files.map(([name]) => name)]
      const products = await Promise.all(
        names.map(async (name) => await productSummary(run.options.outDir, name)),
      )
      return { added, picture: { png, graticule: graticule(content.template, content.window) }, products }
    })
  } catch (error) {
    await mosaic.discard()
    await area.discard()
    throw error
  }
}

async function addInto(
  run: MosaicRun,
  { template, images, corrections, window }: ProductContent,
  mosaic: ByteSink,
  area: ByteSink,
): Promise<AddedMosaic> {
  const { combine, isFloat64 } = run.settings
  const header = (kind: 'mosaic' | 'area'): ReturnType<typeof productHeader> =>
    productHeader({
      template: template.header,
      window,
      imageHeaders: images.map(({ image }) => image.header),
      combine,
      kind,
      making: { program: PROGRAM, version: VERSION, history: historyLines(run, images) },
    })
  const targets = {
    mosaic: { sink: mosaic, header: header('mosaic') },
    area: { sink: area, header: header('area') },
  }
  return await run.meter.measure('add', async (bytes) => {
    return await addImages(
      run,
      { images, corrections, template, window, combine, isFloat64, ...targets },
      bytes,
    )
  })
}

function historyLines(
  { settings, options }: MosaicRun,
  images: readonly ProjectedImage[],
): readonly string[] {
  const template =
    options.headerFile === undefined ? 'made from the images and options' : basename(options.headerFile)
  return [
    `${PROGRAM} ${VERSION} mosaic make`,
    `method ${settings.method}, background ${settings.background}, combine ${settings.combine}`,
    ...valueLines(settings, images),
    `template ${template}`,
    ...images.flatMap(({ image, sha256 }) => [`input ${image.name} hdu ${image.hdu}`, `sha256 ${sha256}`]),
  ]
}

/** What was assumed of the values, where it is not the ordinary. */
function valueLines(
  { method, pixfrac, conserve }: MosaicRun['settings'],
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

function tables({
  template,
  images,
  fits,
  corrections,
}: ProductContent): readonly (readonly [string, string])[] {
  const names = images.map(({ image }) => image.name)
  return [
    ['template.hdr', formatHeaderTemplate(template.header)],
    ['images.tbl', formatImageTable(images.map(({ image }) => image))],
    ['diffs.tbl', formatOverlapTable(overlapRows(names, fits))],
    ['fits.tbl', formatFitTable(fitRows(fits, template.crpix))],
    ['corrections.tbl', formatCorrectionTable(corrections.map((plane, id) => ({ id, ...plane })))],
  ]
}

async function productSummary(folder: string, name: string): Promise<MosaicSummary['products'][number]> {
  const path = join(folder, name)
  const { size } = await stat(path)
  return { name, sizeBytes: size, sha256: sha256OfFile(path) }
}
