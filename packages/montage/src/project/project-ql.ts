import {
  type ClassicExtent,
  classicExtent,
  type OverlapImage,
  type Region,
  type SampleRule,
  sampleRows,
} from '@skyloom/mosaic'
import { approximateMap } from '@skyloom/wcs'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { areaName, outputBase } from '../image/area-name.ts'
import { writeStrips } from '../image/write-strips.ts'
import { placesOf } from './image-places.ts'
import { type OutputGrid, outputGrid, partHeader } from './output-grid.ts'
import { expansion, noOverlap, PROJECT_OPTIONS, wholeOf } from './project.ts'
import { openInput, type ProjectInput, type ProjectResult, readProjectCall } from './project-input.ts'

/** Input of {@link mProjectQL}. Pixels of weight 0 have no data; areas are the weights of the nearest pixel. */
export interface ProjectQLInput extends ProjectInput {
  /** Default `nearest`; `classic-lanczos` is what Montage does with `-L`. */
  readonly interpolation?: SampleRule
  /** Write the area image too: weights (1 without them) where there are data. */
  readonly hasAreas?: boolean
}

/** Bound of sampled places, pixels of the image. */
const BOUND_PX = 1e-9
/** Pixels that are written at a time. */
const STRIP_PIXELS = 1_000_000
const RULES: readonly SampleRule[] = ['nearest', 'bilinear', 'bicubic', 'lanczos2', 'lanczos3', 'lanczos4']

/**
 * Reprojects an image by sampling it at the centres of the template's pixels. Fast, and good for looks; surface brightness is kept.
 *
 * @throws MontageError as mProject
 */
export async function mProjectQL(input: ProjectQLInput, place: Place = {}): Promise<ProjectResult> {
  const start = systemSeconds()
  const image = await openInput(place, input)
  try {
    const template = await readTemplateFile(place, input.template)
    const pad = input.isExpanded === true ? expansion(image, template.sky.wcs) : 0
    const grid = outputGrid(template, input.template, pad)
    const { toOutput, toImage } = placesOf(image.sky, grid.sky, false)
    const extent = classicExtent(image, grid, toOutput, toImage)
    if (extent === undefined) throw noOverlap(input)
    const window = input.isFullRegion === true ? wholeOf(grid) : quickWindow(extent, grid)
    if (window.width < 1 || window.height < 1) throw noOverlap(input)
    const map = approximateMap(toImage, window, { boundPx: BOUND_PX })
    const rule = input.interpolation ?? 'nearest'
    const base = outputBase(input.output)
    const paths = input.hasAreas === true ? [`${base}.fits`, areaName(`${base}.fits`)] : [`${base}.fits`]
    const cards = partHeader(grid, window.col, window.row)
    const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / window.width))
    await writeStrips(place, paths, cards, window, stripRows, async (row, height) => {
      const region = { ...window, row: window.row + row, height }
      const values = new Float64Array(window.width * height)
      await sampleRows(weighted(image), rule, toImage, map, region, values)
      if (input.hasAreas !== true) return [values]
      const weights = new Float64Array(values.length)
      await sampleRows(weightsOf(image), 'nearest', toImage, map, region, weights)
      return [values, areasOf(values, weights, rule)]
    })
    return { time: secondsSince(start) }
  } finally {
    await image.close()
  }
}

/** The columns and rows that the classic program fills: from trunc(least) to trunc(most) - 1 of FITS coordinates. */
function quickWindow({ left, right, bottom, top }: ClassicExtent, grid: OutputGrid): Region {
  const range = (low: number, high: number, size: number): readonly [number, number] => {
    const first = Math.max(0, Math.trunc(low + 0.5))
    return [first, Math.min(size, Math.trunc(high + 0.5)) - first]
  }
  const [col, width] = range(left, right, grid.width)
  const [row, height] = range(bottom, top, grid.height)
  return { col, row, width, height }
}

/** The image without the pixels that count for nothing. */
function weighted(image: OverlapImage): OverlapImage {
  return {
    ...image,
    read: async (region) => {
      const { value, weight } = await image.read(region)
      if (weight === undefined) return { value, weight }
      return { value: value.map((one, k) => ((weight[k] ?? 0) > 0 ? one : Number.NaN)), weight: undefined }
    },
  }
}

/** The weights of an image as an image; 1 where it has none. */
function weightsOf(image: OverlapImage): OverlapImage {
  return {
    ...image,
    read: async (region) => {
      const { value, weight } = await image.read(region)
      return { value: weight ?? value.map(() => 1), weight: undefined }
    },
  }
}

/** Weights where there are data; the classic Lanczos has no areas. */
function areasOf(values: Float64Array, weights: Float64Array, rule: SampleRule): Float64Array {
  const hasAreas = rule !== 'classic-lanczos'
  return values.map((value, k) =>
    Number.isNaN(value) || !hasAreas ? Number.NaN : (weights[k] ?? Number.NaN),
  )
}

function readCall(call: ModuleCall): ProjectQLInput {
  const name = optionValue(call, 'K')
  const known = RULES.find((rule) => rule === name)
  if (name !== undefined && known === undefined) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Interpolation (${name}) is not known`, {
      found: name,
      allowed: RULES.join(', '),
    })
  }
  return {
    ...readProjectCall(call),
    interpolation: known ?? (hasOption(call, 'L') ? 'classic-lanczos' : 'nearest'),
    hasAreas: hasOption(call, 'a'),
  }
}

/** The module mProjectQL. */
export const projectQLModule: MontageModule = defineModule<ProjectQLInput, ProjectResult>({
  name: 'mProjectQL',
  summary: 'Reprojects an image by sampling, for quick looks.',
  usage:
    '%s [-d level][-s statusfile][-h hdu][-x scale][-w weightfile][-W fixed-weight][-t threshold][-X(expand)][-b border-string][-f(ull-region)] in.fits out.fits hdr.template',
  style: 'getopt',
  options: 'aLK:d:s:h:x:w:W:t:Xb:f',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Reprojects an image onto the pixels of a header template: each pixel of the result is the value of the image at its centre. Surface brightness is kept. Any projections and coordinate systems may be combined.',
    options: [
      [
        '-a',
        'Write the area image `out_area.fits` too: the weight of the nearest pixel (1 without weights) where there are data, NaN elsewhere.',
      ],
      [
        '-L',
        'Lanczos interpolation of order 3 as Montage does it: its kernel is shifted the wrong way by the fraction of a pixel and not normalised. Use `-K lanczos3` for the true one.',
      ],
      ['-K method', `Interpolation: ${RULES.map((rule) => `\`${rule}\``).join(', ')}. Not in Montage.`],
      ...PROJECT_OPTIONS,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image to write.'],
      ['hdr.template', 'Header template.'],
    ],
    returns: { time: 'seconds that it took' },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          ['-b', 'A polygon keeps its inside; Montage blanks it.'],
          ['-x', 'Multiplies the pixels; Montage ignores it.'],
          ['-w, -W, -t', 'Pixels of weight 0 have no data, and areas are weights; Montage ignores them.'],
        ],
      },
    ],
    example: ['mProjectQL -K lanczos3 raw.fits projected.fits region.hdr'],
  },
  read: readCall,
  run: mProjectQL,
})
