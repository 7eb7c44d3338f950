import { readCube, readImage } from '@skyloom/fits'
import { type CubeImage, type CubeSums, classicWindow, cubeSums, type Region } from '@skyloom/mosaic'
import { pixelAreaSr } from '@skyloom/wcs'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, type Place } from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { areaName, outputBase } from '../image/area-name.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { writeImages } from '../image/write-images.ts'
import { placesOf } from '../project/image-places.ts'
import { type OutputGrid, outputGrid, partHeader } from '../project/output-grid.ts'
import {
  expansion,
  hasClassicOverlaps,
  LEAST_OVERLAP,
  noOverlap,
  type OverlapProjectInput,
  pixelRatio,
  readOverlapCall,
  wholeOf,
} from '../project/project.ts'
import type { ProjectResult } from '../project/project-input.ts'

/** Input of {@link mProjectCube}. */
export type ProjectCubeInput = Omit<OverlapProjectInput, 'border' | 'weight'>

/** Result of {@link mProjectCube}. */
export type ProjectCubeResult = ProjectResult

/** Sums that are in memory at a time: 16 million pixels of planes, 256 MB. */
const GROUP_PIXELS = 16_000_000
/** Most planes of one group: parts of so many planes are read at a time. */
const GROUP_PLANES = 1024

/**
 * Reprojects every plane of a cube by the area of overlap of its pixels with those of the template, on the sphere. Overlaps are computed once and
 * applied to all planes, or to as many at a time as memory holds. Planes are not resampled in depth: they become those of the result as they are.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mProjectCube(input: ProjectCubeInput, place: Place = {}): Promise<ProjectCubeResult> {
  const start = systemSeconds()
  const hdu = input.hdu ?? 0
  const opened = await openCube(place, input.image, hdu)
  let weights: OpenImage | undefined
  try {
    const sky = classicWcs(opened.header, input.image)
    if (input.weightImage !== undefined) weights = await openWeights(place, input.weightImage, hdu, opened)
    const template = await readTemplateFile(place, input.template)
    const image = { sky, width: opened.width, height: opened.height }
    const pad = input.isExpanded === true ? expansion(image, template.sky.wcs) : 0
    const grid = outputGrid(template, input.template, pad)
    const depth = opened.hdu.shape.toReversed().slice(2)
    checkDepth(grid, depth, input)
    const planes = depth.reduce((product, length) => product * length, 1)
    const cube = cubeReader(opened, weights, input)
    await projectInto(place, input, cube, image, grid, depth, planes)
    return { time: secondsSince(start) }
  } finally {
    await opened.file.close()
    await weights?.file.close()
  }
}

async function openCube(place: Place, path: string, hdu: number): Promise<OpenImage> {
  return await openImage(place, path, hdu, `File ${path} not found.`).catch((error: unknown) => {
    if (error instanceof MontageError && error.code === 'MONTAGE_BAD_IMAGE')
      throw new MontageError('MONTAGE_BAD_IMAGE', `File (${path}) is not a FITS image`, {
        where: [path],
        cause: error,
      })
    throw error
  })
}

async function openWeights(place: Place, path: string, hdu: number, cube: OpenImage): Promise<OpenImage> {
  const weights = await openImage(place, path, hdu, `Weight file ${path} missing or invalid FITS`)
  if (weights.width === cube.width && weights.height === cube.height) return weights
  await weights.file.close()
  throw new MontageError('MONTAGE_BAD_IMAGE', `Weight file ${path} does not have the size of the image`, {
    where: [path],
    found: `${weights.width} x ${weights.height}`,
    allowed: `${cube.width} x ${cube.height}`,
  })
}

/** The template must have the planes of the cube. */
function checkDepth({ header }: OutputGrid, depth: readonly number[], input: ProjectCubeInput): void {
  for (const [index, length] of depth.entries()) {
    const keyword = `NAXIS${index + 3}`
    const wanted = header.integer(keyword, undefined)
    if (wanted === undefined || wanted === length) continue
    throw new MontageError('MONTAGE_BAD_HEADER', `Template ${keyword} differs from that of the image`, {
      where: [input.template, input.image],
      found: `${wanted} and ${length}`,
      remedy: 'planes are not resampled: select them with mSubCube, or average them with mShrinkCube',
    })
  }
}

function cubeReader(opened: OpenImage, weights: OpenImage | undefined, input: ProjectCubeInput): CubeImage {
  const { hdu, width, height } = opened
  const { scale = 1, threshold } = input
  const [, , depth3 = 1] = hdu.shape.toReversed()
  const planeOf = async (region: Region, plane: number, count: number): Promise<Float64Array> => {
    const { col, row } = region
    if (hdu.shape.length < 3) return (await readImage(hdu, { as: 'float64', region })).data
    const at = [col, row, plane % depth3, Math.floor(plane / depth3)].slice(0, hdu.shape.length)
    const size = [region.width, region.height, count, 1].slice(0, hdu.shape.length)
    return (await readCube(hdu, { as: 'float64', start: at, size })).data
  }
  return {
    width,
    height,
    async read(region, plane, count) {
      const pixels = region.width * region.height
      const values = new Float64Array(count * pixels)
      // Planes of different volumes do not stand side by side.
      for (let done = 0; done < count; ) {
        const run = Math.min(count - done, depth3 - ((plane + done) % depth3))
        values.set(await planeOf(region, plane + done, run), done * pixels)
        done += run
      }
      if (scale !== 1) for (let k = 0; k < values.length; k++) values[k]! *= scale
      if (weights === undefined) return { values, weights: undefined }
      const { data } = await readImage(weights.hdu, { as: 'float64', region })
      if (threshold !== undefined) for (let k = 0; k < data.length; k++) if (data[k]! < threshold) data[k] = 0
      return { values, weights: data }
    },
  }
}

async function projectInto(
  place: Place,
  input: ProjectCubeInput,
  cube: CubeImage,
  image: { readonly sky: ClassicWcs; readonly width: number; readonly height: number },
  grid: OutputGrid,
  depth: readonly number[],
  planes: number,
): Promise<void> {
  const isClassic = hasClassicOverlaps(input, image.sky, grid.sky)
  const places = placesOf(image.sky, grid.sky, isClassic)
  const found = classicWindow(image, grid, places.toOutput, places.toImage)
  if (found === undefined) throw noOverlap(input)
  const isFull = input.isFullRegion === true
  const isFlux = input.isEnergyMode === true
  const window = isFull ? wholeOf(grid) : found
  const sumsOf = async (region: Region, plane: number, count: number): Promise<CubeSums> =>
    await cubeSums(cube, region, plane, count, {
      toOutput: places.toOutput,
      pixels: places.pixels,
      drop: input.drizzle ?? 1,
      isFlux,
      isClassic,
      within: isClassic ? grid : undefined,
      pixelRatio: pixelRatio(image.sky.wcs, grid.sky.wcs),
    })
  const group = Math.min(
    planes,
    GROUP_PLANES,
    Math.max(1, Math.floor(GROUP_PIXELS / (window.width * window.height))),
  )
  let sums = await sumsOf(window, 0, group)
  const least = LEAST_OVERLAP * pixelAreaSr(grid.sky.wcs) * sums.largestWeight
  const kept = isFull ? window : extentOf(sums.coverage, window, least)
  if (kept === undefined)
    throw new MontageError(
      'MONTAGE_NO_RESULT',
      'All pixels are blank. Check for overlap of output template with image file.',
      { where: [input.image] },
    )
  const base = outputBase(input.output)
  const header = partHeader(grid, kept.col, kept.row)
  const shape = [...depth.toReversed(), kept.height, kept.width]
  const outputs = [
    { path: `${base}.fits`, header, layout: { bitpix: -64 as const, shape } },
    { path: areaName(base), header, layout: { bitpix: -64 as const, shape: [kept.height, kept.width] } },
  ]
  await writeImages(place, outputs, async ([data, area]) => {
    const coverage = cut(sums.coverage, window, kept)
    await area?.writeRows(coverage.map((one) => (one > least ? one : 0)))
    for (let plane = 0; plane < planes; plane += group) {
      const count = Math.min(group, planes - plane)
      if (plane > 0) sums = await sumsOf(window, plane, count)
      for (let index = 0; index < count; index++) {
        const values = cut(sums.values[index]!, window, kept)
        const areas = cut(sums.areas[index]!, window, kept)
        for (let k = 0; k < values.length; k++) {
          if (!(areas[k]! > least)) values[k] = Number.NaN
          else if (!isFlux) values[k]! /= areas[k]!
        }
        await data?.writeRows(values)
      }
    }
  })
}

/** The smallest rectangle with areas; undefined when there is none. */
function extentOf(areas: Float64Array, { col, row, width }: Region, least: number): Region | undefined {
  let [left, right, bottom, top] = [Infinity, -1, Infinity, -1]
  for (let k = 0; k < areas.length; k++) {
    if (!(areas[k]! > least)) continue
    left = Math.min(left, k % width)
    right = Math.max(right, k % width)
    bottom = Math.min(bottom, Math.floor(k / width))
    top = Math.floor(k / width)
  }
  if (right < 0) return undefined
  return { col: col + left, row: row + bottom, width: right - left + 1, height: top - bottom + 1 }
}

/** The part of a plane over `window` that lies over `kept`. */
function cut(plane: Float64Array, window: Region, kept: Region): Float64Array {
  const out = new Float64Array(kept.width * kept.height)
  for (let row = 0; row < kept.height; row++) {
    const start = (kept.row - window.row + row) * window.width + kept.col - window.col
    out.set(plane.subarray(start, start + kept.width), row * kept.width)
  }
  return out
}

/** The module mProjectCube. */
export const projectCubeModule: MontageModule = defineModule<ProjectCubeInput, ProjectCubeResult>({
  name: 'mProjectCube',
  summary: 'Reprojects every plane of a cube.',
  usage:
    '%s [-z factor][-d level][-s statusfile][-h hdu][-x scale][-w weightfile][-t threshold][-X(expand)][-e(nergy-mode)][-f(ull-region)] in.fits out.fits hdr.template',
  style: 'getopt',
  options: 'z:d:s:h:x:w:t:Xef',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Reprojects every plane of a cube onto the pixels of a header template, as mProject does for images. Overlaps are computed once and applied to all planes. The planes are those of the cube: nothing is resampled in depth, and `NAXIS3` of the template must be that of the cube. The area image has one plane: the area that pixels of the cube cover, with or without data.',
    options: [
      ['-z factor', 'Drizzle: side of the footprint of a pixel; default 1.'],
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
      HDU_OPTION,
      ['-x scale', 'Factor of the pixel values.'],
      ['-w weightfile', 'Weight image of the size of a plane, in the same HDU.'],
      ['-t threshold', 'Weights below this count as 0.'],
      ['-X', 'Enlarge the template on all sides so that the whole image fits.'],
      ['-e', 'Energy mode: keep flux per pixel instead of surface brightness.'],
      ['-f', 'Write the full template instead of the smallest rectangle with data.'],
    ],
    operands: [
      ['in.fits', 'FITS cube; the sky on the first two axes.'],
      ['out.fits', 'Cube that is written; its areas go to `out_area.fits`.'],
      ['hdr.template', 'Header template with the axes of the cube.'],
    ],
    returns: { time: 'Time it took.' },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          [
            'blank pixels',
            'A blank pixel of a plane takes no part there. Montage 6.0 counts it as 0, which darkens the pixels around it.',
          ],
          [
            'area image',
            'Has no `NAXIS3`, which FITS forbids in an image of two axes and Montage leaves there.',
          ],
        ],
      },
    ],
    example: ['mProjectCube cube.fits projected.fits region.hdr'],
  },
  read: readOverlapCall,
  run: mProjectCube,
})
