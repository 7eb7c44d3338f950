import { classicWindow, planarError, type Region, scaleBySolidAngle, solidAngles } from '@skyloom/mosaic'
import { pixelAreaSr, pixelScaleDeg, type Wcs } from '@skyloom/wcs'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, type ManualRow, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import type { ClassicWcs } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { placesOf } from './image-places.ts'
import { type OutputGrid, outputGrid } from './output-grid.ts'
import {
  drizzleArgument,
  type OpenInput,
  openInput,
  type ProjectInput,
  type ProjectResult,
  readProjectCall,
} from './project-input.ts'
import { writeOverlaps } from './write-overlaps.ts'

/** Input of {@link mProject} and of mProjectPP. */
export interface OverlapProjectInput extends ProjectInput {
  /** Side of the footprint of a pixel, in pixels; default 1. */
  readonly drizzle?: number
  /** Keep flux instead of surface brightness. */
  readonly isEnergyMode?: boolean
  /** How mProject computes areas; default `classic`. */
  readonly overlap?: OverlapRule
}

/**
 * How areas of overlap are computed: `classic` as the C program does, with its losses of up to 2e-4, for pixels of 2 arcsec and more,
 * without the pixels of the image that reach beyond the template; `exact` always the true areas, which is also much faster, and all
 * pixels with the part that lies on the template.
 */
export type OverlapRule = 'classic' | 'exact'

/**
 * Below pixels of this size, 2 arcsec, rounding in the sums of angles outweighs what else the classic rule loses, so that true areas are
 * nearer to those of the C program than a repetition of its arithmetic; they are used in any case.
 */
const CLASSIC_SCALE_DEG = 2 / 3600

/** Above this planes are left for spherical polygons: a value then changes by less than the classic tolerance of 5e-5. */
const PLANAR_LIMIT = 1e-5
/** Overlaps below this fraction of a pixel are rounding. */
export const LEAST_OVERLAP = 1e-10

/**
 * Reprojects an image by the exact area of overlap of its pixels with those of the template, on the sphere.
 *
 * Where pixels are so small that straight sides in the plane of the template are great circles within 1e-5 of a pixel, overlaps are
 * computed in that plane; elsewhere, and for pixels on the seam of an all-sky map, as spherical polygons.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mProject(input: OverlapProjectInput, place: Place = {}): Promise<ProjectResult> {
  const start = systemSeconds()
  const image = await openInput(place, input)
  try {
    const template = await readTemplateFile(place, input.template)
    const pad = input.isExpanded === true ? expansion(image, template.sky.wcs) : 0
    const grid = outputGrid(template, input.template, pad)
    const isClassic = hasClassicOverlaps(input, image.sky, grid.sky)
    const places = placesOf(image.sky, grid.sky, isClassic)
    const found = classicWindow(image, grid, places.toOutput, places.toImage)
    if (found === undefined) throw noOverlap(input)
    const window = input.isFullRegion === true ? wholeOf(grid) : found
    const isSpherical = isClassic || planarError(image, places.toOutput, places.pixels) > PLANAR_LIMIT
    const isFlux = input.isEnergyMode === true
    const output = grid.sky.wcs
    const angles = solidAngles(output, window)
    const unit = isSpherical ? pixelAreaSr(output) : 1
    await writeOverlaps(
      place,
      image,
      window,
      pixelRatio(image.sky.wcs, output),
      {
        toOutput: places.toOutput,
        drop: input.drizzle ?? 1,
        isFlux,
        sphere: { pixels: places.pixels, use: isSpherical ? 'all' : 'odd', isClassic },
        ...(input.overlap === 'exact' ? {} : { within: grid }),
      },
      {
        output: input.output,
        grid,
        isFullRegion: input.isFullRegion === true,
        isFlux,
        fluxFactor: 1,
        leastArea: () => LEAST_OVERLAP * unit * image.largestWeight(),
        toSteradians: (areas, col, row) => {
          if (!isSpherical) scaleBySolidAngle(areas, angles, col, row)
        },
      },
    )
    return { time: secondsSince(start) }
  } finally {
    await image.close()
  }
}

/** True when areas are those of the classic arithmetic: unless the caller wants true ones, for pixels of {@link CLASSIC_SCALE_DEG} and more. */
export function hasClassicOverlaps(
  { overlap }: Pick<OverlapProjectInput, 'overlap'>,
  image: ClassicWcs,
  output: ClassicWcs,
): boolean {
  const scaleDeg = Math.min(...pixelScaleDeg(image.wcs), ...pixelScaleDeg(output.wcs))
  return overlap !== 'exact' && scaleDeg >= CLASSIC_SCALE_DEG
}

/** All pixels of a grid. */
export function wholeOf({ width, height }: OutputGrid): Region {
  return { col: 0, row: 0, width, height }
}

/** The error when an image and a template have no place in common. */
export function noOverlap(input: Pick<ProjectInput, 'image' | 'template'>): MontageError {
  return new MontageError('MONTAGE_NO_RESULT', 'No overlap', {
    where: [input.image, input.template],
    remedy: 'check that the image lies on the template',
  })
}

/** Half a diagonal of the image in pixels of the template, as the classic program takes it. */
export function expansion(
  { sky, width, height }: Pick<OpenInput, 'sky' | 'width' | 'height'>,
  template: Wcs,
): number {
  const [dx, dy] = pixelScaleDeg(sky.wcs)
  const [stepX, stepY] = pixelScaleDeg(template)
  return Math.hypot(width * dx, height * dy) / Math.hypot(stepX, stepY)
}

/** Pixels of the template in the side of a pixel of the image, the larger of both axes. */
export function pixelRatio(image: Wcs, template: Wcs): number {
  return Math.max(...pixelScaleDeg(image)) / Math.min(...pixelScaleDeg(template))
}

/** Options that all modules of this kind have, for their manual pages. */
export const PROJECT_OPTIONS: readonly ManualRow[] = [
  DEBUG_LEVEL_OPTION,
  STATUS_OPTION,
  HDU_OPTION,
  ['-x scale', 'Factor of the pixel values.'],
  ['-w weightfile', 'Weight image of the size of the image, in the same HDU.'],
  ['-W fixed-weight', 'Factor of all weights.'],
  ['-t threshold', 'Weights below this count as 0.'],
  ['-X', 'Enlarge the template on all sides so that the whole image fits.'],
  [
    '-b border',
    'Pixels that are left out: a whole number for a frame of this width, or the vertices "x1 y1 x2 y2 x3 y3 x4 y4 ..." of a polygon outside which they are; the first pixel is 0 0.',
  ],
  ['-f', 'Write the full template instead of the smallest rectangle with data.'],
]

/** Options of the modules that compute overlaps. */
export const OVERLAP_OPTIONS: readonly ManualRow[] = [
  [
    '-z factor',
    'Drizzle: the footprint of a pixel is a square of this many pixels around its centre; default 1, 0 counts as 1.',
  ],
  ...PROJECT_OPTIONS,
  ['-e', 'Energy mode: keep flux per pixel instead of surface brightness.'],
]

/** Reads the arguments of mProject and mProjectPP. */
export function readOverlapCall(call: ModuleCall): OverlapProjectInput {
  const drizzle = drizzleArgument(call)
  return {
    ...readProjectCall(call),
    isEnergyMode: hasOption(call, 'e'),
    ...(drizzle === undefined ? {} : { drizzle }),
  }
}

/** The module mProject. */
export const projectModule: MontageModule = defineModule<OverlapProjectInput, ProjectResult>({
  name: 'mProject',
  summary: 'Reprojects an image by exact overlap areas on the sphere.',
  usage:
    '%s [-z factor][-d level][-s statusfile][-h hdu][-x scale][-w weightfile][W fixed-weight][-t threshold][-X(expand)][-b border-string][-e(nergy-mode)][-f(ull-region)] in.fits out.fits hdr.template',
  style: 'getopt',
  options: 'z:d:s:h:x:w:W:t:Xb:ef',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Reprojects an image onto the pixels of a header template. Each pixel of the result is the mean of the pixels of the image that it touches, weighted by the area of overlap on the sphere; surface brightness is kept. Any projections and coordinate systems may be combined. Beside `out.fits` an image `out_area.fits` is written with the area of overlap in steradian, times the weights.\n\nPixels that are NaN or infinite, and those of weight 0, take no part.',
    options: OVERLAP_OPTIONS,
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image to write; its areas go to `out_area.fits`.'],
      ['hdr.template', 'Header template.'],
    ],
    returns: { time: 'seconds that it took' },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          ['-h', 'Works for extensions and compressed images.'],
          ['-b', 'Leaves out columns as well as rows.'],
          [
            'small pixels',
            'Below 2 arcsec areas are the true ones. Above, they are those of Montage to the last bit, with its losses (up to 2e-4), but for pixels whose sides lie on each other: there Montage loses the overlap or half of it, and the true area is taken.',
          ],
        ],
      },
    ],
    example: ['mProject -x 2.5 raw.fits projected.fits region.hdr'],
  },
  read: readOverlapCall,
  run: mProject,
})
