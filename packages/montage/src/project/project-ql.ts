import { type ClassicExtent, classicExtent, type Region, type SampleRule, sampleRows } from '@skyloom/mosaic'
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

/** Input of {@link mProjectQL}. Weights and their threshold play no part in sampling. */
export interface ProjectQLInput extends Omit<ProjectInput, 'weightImage' | 'weight' | 'threshold'> {
  /** Default `nearest`; `classic-lanczos` is what Montage does with `-L`. */
  readonly interpolation?: SampleRule
  /** Write the area image too: 1 where there are data. */
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
      await sampleRows(image, rule, toImage, map, region, values)
      return input.hasAreas === true ? [values, areasOf(values, rule)] : [values]
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

/** Area 1 where there are data; the classic Lanczos has none. */
function areasOf(values: Float64Array, rule: SampleRule): Float64Array {
  return values.map((value) => (Number.isNaN(value) || rule === 'classic-lanczos' ? Number.NaN : 1))
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
    ...withoutWeights(readProjectCall(call)),
    interpolation: known ?? (hasOption(call, 'L') ? 'classic-lanczos' : 'nearest'),
    hasAreas: hasOption(call, 'a'),
  }
}

/** Weights are accepted and play no part. */
function withoutWeights(input: ProjectInput): ProjectInput {
  const { image, output, template, hdu = 0, scale = 1, isExpanded = false, isFullRegion = false } = input
  const border = input.border === undefined ? {} : { border: input.border }
  return { image, output, template, hdu, scale, isExpanded, isFullRegion, ...border }
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
      ['-a', 'Write the area image `out_area.fits` too: 1 where there are data, NaN elsewhere.'],
      [
        '-L',
        'Lanczos interpolation of order 3 as Montage does it: its kernel is shifted the wrong way by the fraction of a pixel and not normalised. Use `-K lanczos3` for the true one.',
      ],
      ['-K method', `Interpolation: ${RULES.map((rule) => `\`${rule}\``).join(', ')}. Not in Montage.`],
      ...PROJECT_OPTIONS.map(([term, meaning]) =>
        /^-[wWt] /.test(term)
          ? ([term, 'Accepted and without effect, as in Montage.'] as const)
          : ([term, meaning] as const),
      ),
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
        ],
      },
    ],
    example: ['mProjectQL -K lanczos3 raw.fits projected.fits region.hdr'],
  },
  read: readCall,
  run: mProjectQL,
})
