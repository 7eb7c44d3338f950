import { frameConverter, frameName, pixelScaleDeg, pixelToSky, skyToPixel } from '@skyloom/wcs'
import { evaluatePlane, subtractPlanes, ZERO_PLANE } from '../background/plane.ts'
import { residualAfter } from '../difference/residual.ts'
import type { RejectedImage } from '../image-table/image-record.ts'
import type { ImageSummary, MosaicSummary, PairSummary } from '../make/summary.ts'
import { PROGRAM, VERSION } from '../make/version.ts'
import type { Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { AddedMosaic } from './add-stage.ts'
import type { BackgroundModel } from './background-model.ts'
import { peakMemoryBytes } from './peak-memory.ts'
import type { ProjectedImage } from './project-stage.ts'
import { qualityLines } from './quality-history.ts'
import type { MosaicSettings } from './settings.ts'

/** What a summary is made of. */
export interface SummaryInput extends BackgroundModel {
  readonly added: Omit<AddedMosaic, 'preview'>
  readonly products: MosaicSummary['products']
  readonly settings: MosaicSettings
  readonly template: Template
  readonly templateFile: string | undefined
  readonly rejected: readonly RejectedImage[]
  readonly outside: readonly RejectedImage[]
  readonly stages: MosaicSummary['stages']
  readonly seconds: number
  readonly cpuSeconds: number
  readonly spilledBytes: number
}

/** The facts of a finished run in one document. */
export function summarize(input: SummaryInput): MosaicSummary {
  const { settings, template, window, added, solution } = input
  const pairs = input.fits.map((_, index) => pairSummary(input, index))
  const [scaleX, scaleY] = pixelScaleDeg(template.wcs)
  const centre = pixelToSky(
    template.wcs,
    window.col + (window.width + 1) / 2,
    window.row + (window.height + 1) / 2,
  )
  return {
    program: PROGRAM,
    version: VERSION,
    createdAt: new Date(settings.clock.nowMs()).toISOString(),
    status: input.rejected.length > 0 ? 'partial' : 'complete',
    parameters: {
      method: settings.method,
      background: settings.background,
      solver: settings.solver,
      anchors: settings.anchors,
      combine: settings.combine,
      planes: settings.planes,
      quality: qualityLines(settings),
      template: input.templateFile ?? 'from the images',
      trimmed: !settings.isExactSize,
      bitpix: settings.isFloat64 ? -64 : -32,
      threads: settings.threads,
      memoryBytes: settings.memoryBytes,
    },
    mosaic: {
      width: window.width,
      height: window.height,
      pixelScaleArcsec: Math.sqrt(scaleX * scaleY) * 3600,
      centre: centre ?? { lonDeg: Number.NaN, latDeg: Number.NaN },
      frame: frameName(template.wcs.frame),
      projection: template.wcs.projection,
      unit: unitOf(input),
      finitePixels: added.finitePixels,
      min: added.min,
      max: added.max,
      mean: added.mean,
    },
    images: input.images.map((image, index) => imageSummary(input, image, index)),
    rejected: [...input.rejected, ...input.outside],
    pairs,
    groupCount: solution.groups.reduce((most, group) => Math.max(most, group + 1), 0),
    residual: totalResidual(pairs),
    stages: input.stages,
    seconds: input.seconds,
    cpuSeconds: input.cpuSeconds,
    peakMemoryBytes: peakMemoryBytes(),
    spilledBytes: input.spilledBytes,
    products: input.products,
    warnings: warningsOf(input),
  }
}

function unitOf({ images, settings }: SummaryInput): string | undefined {
  if (settings.combine === 'count') return 'count'
  const units = new Set(images.map(({ image }) => image.header.card('BUNIT')?.value))
  const [unit] = [...units]
  return units.size === 1 && typeof unit === 'string' ? unit : undefined
}

function imageSummary(input: SummaryInput, projected: ProjectedImage, index: number): ImageSummary {
  const { image, extent } = projected
  const { template, window } = input
  const corners = footprint(projected, template)
  const correction = input.solution.corrections[index] ?? ZERO_PLANE
  return {
    name: image.name,
    hdu: image.hdu,
    sizeBytes: image.sizeBytes,
    sha256: projected.sha256,
    width: image.width,
    height: image.height,
    footprint: corners,
    outline: corners.flatMap(({ lonDeg, latDeg }) => {
      const pixel = skyToPixel(template.wcs, lonDeg, latDeg)
      return pixel === undefined
        ? []
        : [{ x: pixel.fitsX - 0.5 - window.col, y: pixel.fitsY - 0.5 - window.row }]
    }),
    region: extent.region,
    coveredPixels: extent.coveredPixels,
    isAnchor: input.anchors.has(index),
    correction,
    correctionAtCentre: evaluatePlane(correction, ...centreOffset(extent.region, template)),
    mapErrorPixels: projected.mapErrorPx,
    exactCellFraction: projected.exactCellFraction,
    quality: qualitySummary(input, projected, index),
  }
}

function qualitySummary(
  { added }: SummaryInput,
  { quality }: ProjectedImage,
  index: number,
): ImageSummary['quality'] {
  const rejectedPixels = added.rejectedPixels?.[index]
  if (quality === undefined) return undefined
  const { maskedPixels, noise, partners } = quality
  return { maskedPixels, noise, rejectedPixels, partners }
}

function centreOffset(region: Region, { crpix }: Template): [number, number] {
  return [
    region.col + (region.width - 1) / 2 - crpix.fitsX,
    region.row + (region.height - 1) / 2 - crpix.fitsY,
  ]
}

/** The four outer corners of an image, degrees in the template's frame, anticlockwise on the array. */
function footprint(
  { image }: ProjectedImage,
  template: Template,
): readonly { lonDeg: number; latDeg: number }[] {
  const { wcs, width, height } = image
  const converter = frameConverter(wcs.frame, template.wcs.frame)
  const corners = [
    [0.5, 0.5],
    [width + 0.5, 0.5],
    [width + 0.5, height + 0.5],
    [0.5, height + 0.5],
  ] as const
  return corners.flatMap(([fitsX, fitsY]) => {
    const sky = pixelToSky(wcs, fitsX, fitsY)
    return sky === undefined ? [] : [converter.convert(sky.lonDeg, sky.latDeg)]
  })
}

function pairSummary(input: SummaryInput, index: number): PairSummary {
  const pair = input.fits[index]
  if (pair === undefined) throw new RangeError(`there is no pair ${index}`)
  const { plus, minus, fit } = pair
  const { corrections } = input.solution
  const relative = subtractPlanes(corrections[plus] ?? ZERO_PLANE, corrections[minus] ?? ZERO_PLANE)
  const before = residualAfter(fit.sums, fit, ZERO_PLANE)
  const after = residualAfter(fit.sums, fit, relative)
  return {
    plus: input.images[plus]?.image.name ?? '',
    minus: input.images[minus]?.image.name ?? '',
    pixelCount: fit.sums.count,
    fit: { a: fit.a, b: fit.b, c: fit.c, rms: fit.rms },
    rmsBefore: before.rms,
    rmsAfter: after.rms,
    meanBefore: before.mean,
    meanAfter: after.mean,
    weight: input.fitWeights[index] ?? 0,
    rejected: input.rejectReasons[index],
  }
}

function totalResidual(pairs: readonly PairSummary[]): {
  readonly rmsBefore: number
  readonly rmsAfter: number
} {
  const pixels = pairs.reduce((sum, pair) => sum + pair.pixelCount, 0)
  const mean = (rms: (pair: PairSummary) => number): number =>
    pixels === 0
      ? 0
      : Math.sqrt(pairs.reduce((sum, pair) => sum + pair.pixelCount * rms(pair) ** 2, 0) / pixels)
  return { rmsBefore: mean((pair) => pair.rmsBefore), rmsAfter: mean((pair) => pair.rmsAfter) }
}

function warningsOf(input: SummaryInput): readonly string[] {
  const groups = new Set(input.solution.groups).size
  const warnings: string[] = []
  if (groups > 1) {
    warnings.push(
      `The images form ${groups} groups that do not overlap: backgrounds match within each group, their levels relative to each other are as observed.`,
    )
  }
  if (unitOf(input) === undefined) {
    warnings.push(
      'The images state no common BUNIT: pixel values are taken as surface brightness, whatever their unit.',
    )
  }
  for (const { image } of input.images) {
    for (const warning of image.wcs.warnings)
      warnings.push(`${image.name}: ${warning.keyword}: ${warning.text}`)
  }
  return warnings
}
