import { parseHeaderTemplate } from '@skyloom/fits'
import {
  type MontageFrame,
  minimumBoundingBox,
  northUpBoundingBox,
  pixelToSky,
  type SkyBox,
  type SkyPosition,
} from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  realArgument,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { collectPoints, type PointSet } from '../table/sky-points.ts'
import { uncheckedWcs } from './classic-wcs.ts'
import { readFrameWords } from './frame-words.ts'
import { type TemplateGrid, templateLines } from './template-lines.ts'

/** Pixels around the images: a number, or a percentage of the larger side. */
export interface MakeHdrPad {
  readonly value: number
  readonly isPercent: boolean
}

/** Input of {@link mMakeHdr}. */
export interface MakeHdrInput {
  /** Table of images or positions. */
  readonly images: string
  /** Header file that is written. */
  readonly output: string
  readonly frame?: MontageFrame
  /** Degrees per pixel; default the smallest of the images. */
  readonly cdelt?: number
  /** Pixels of the larger side, instead of `cdelt`. */
  readonly maxPixels?: number
  readonly pad?: MakeHdrPad
  readonly isNorthUp?: boolean
}

/** Result of {@link mMakeHdr}; sizes and corners are absent for the whole sky. */
export interface MakeHdrResult {
  readonly msg: string
  readonly count: number
  readonly ncube: number
  readonly naxis1: number
  readonly naxis2: number
  readonly clon?: number
  readonly clat?: number
  readonly lonsize?: number
  readonly latsize?: number
  readonly posang?: number
  readonly lon1?: number
  readonly lat1?: number
  readonly lon2?: number
  readonly lat2?: number
  readonly lon3?: number
  readonly lat3?: number
  readonly lon4?: number
  readonly lat4?: number
}

/** Degrees per pixel when no image tells. */
const DEFAULT_CDELT = 1 / 3600
/** Positions whose unit vectors spread farther along one axis need a map of the whole sky. */
const MAX_SPREAD = 1
/** Larger sides are refused: no program can fill them. */
const MAX_SIDE = 2 ** 31 - 1

/**
 * Writes the template of a mosaic that holds all images or positions of a table.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mMakeHdr(input: MakeHdrInput, place: Place = {}): Promise<MakeHdrResult> {
  const frame = input.frame ?? { system: 'EQUJ', epochYear: 2000 }
  const set = await collectPoints(input.images, frame, place)
  const isWide = spread(set.points) > MAX_SPREAD
  const box = isWide ? undefined : boxAround(set.points, input)
  const grid = box === undefined ? allSky(set, input) : gridOf(box, set, input)
  const code = box === undefined ? 'AIT' : 'TAN'
  const lines = templateLines(grid, frame, code, set.cube, decimalsFor(grid))
  await writeText(place, input.output, `${lines.join('\n')}\n`, "Can't open output header file.")
  const counts = { count: set.count, ncube: set.cubeCount, naxis1: grid.naxis1, naxis2: grid.naxis2 }
  if (box === undefined) return { msg: 'Large area; defaulting to AITOFF projection.', ...counts }
  return { msg: set.message, ...counts, ...coverage(lines, grid) }
}

function boxAround(points: readonly SkyPosition[], input: MakeHdrInput): SkyBox {
  const box =
    input.isNorthUp === true
      ? northUpBoundingBox(points, { rule: 'montage' })
      : minimumBoundingBox(points, { rule: 'montage' })
  if (box !== undefined) return box
  throw new MontageError('MONTAGE_BAD_TABLE', `Invalid image metadata file: ${input.images}`, {
    where: [input.images],
    found: 'positions that do not fit on one tangent plane',
  })
}

function spread(points: readonly SkyPosition[]): number {
  const lows = [Infinity, Infinity, Infinity]
  const highs = [-Infinity, -Infinity, -Infinity]
  for (const { lonDeg, latDeg } of points) {
    const [lon, lat] = [(lonDeg * Math.PI) / 180, (latDeg * Math.PI) / 180]
    const vector = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
    vector.forEach((value, axis) => {
      lows[axis] = Math.min(lows[axis]!, value)
      highs[axis] = Math.max(highs[axis]!, value)
    })
  }
  return highs.reduce((most, high, axis) => Math.max(most, high - lows[axis]!), 0)
}

function allSky(set: PointSet, input: MakeHdrInput): TemplateGrid {
  const cdelt = input.maxPixels === undefined ? scaleOf(set, input) : 360 / input.maxPixels
  const centre = { lonDeg: 0, latDeg: 0 }
  return checkedGrid({
    naxis1: Math.trunc(360 / cdelt),
    naxis2: Math.trunc(180 / cdelt),
    centre,
    cdelt,
    crota2: 0,
  })
}

function scaleOf(set: PointSet, input: MakeHdrInput): number {
  return input.cdelt ?? set.cdelt ?? DEFAULT_CDELT
}

function gridOf(box: SkyBox, set: PointSet, input: MakeHdrInput): TemplateGrid {
  const larger = Math.max(box.widthDeg, box.heightDeg)
  const cdelt = input.maxPixels === undefined ? scaleOf(set, input) : larger / input.maxPixels
  const { value = 0, isPercent = false } = input.pad ?? {}
  const pad = isPercent ? (value / 100) * (larger / cdelt) : value
  const side = (sizeDeg: number): number => {
    const pixels = Math.trunc(sizeDeg / cdelt + 2 * pad)
    return pixels * cdelt < sizeDeg ? pixels + 2 : pixels
  }
  const { centre, crota2Deg } = box
  const naxis1 = side(box.widthDeg)
  const naxis2 = side(box.heightDeg)
  return checkedGrid({ naxis1, naxis2, centre, cdelt, crota2: crota2Deg })
}

function checkedGrid(grid: TemplateGrid): TemplateGrid {
  const isFine = [grid.naxis1, grid.naxis2].every((side) => side >= 0 && side <= MAX_SIDE)
  if (isFine) return { ...grid, naxis1: Math.max(1, grid.naxis1), naxis2: Math.max(1, grid.naxis2) }
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'The mosaic would be too large', {
    found: `${grid.naxis1} x ${grid.naxis2} pixels`,
    allowed: `1 to ${MAX_SIDE} pixels on each side`,
    remedy: 'give a larger pixel scale with -p',
  })
}

/** Pixels by which rounding CDELT may move the edges of the template. */
const MAX_DRIFT_PIXELS = 0.01
/** Decimals of degrees as Montage writes them, and for templates whose edges they would move. */
const CLASSIC_DECIMALS = 9
const FINE_DECIMALS = 15

function decimalsFor({ cdelt, naxis1, naxis2 }: TemplateGrid): number {
  const rounded = Number(cdelt.toFixed(CLASSIC_DECIMALS))
  const driftPixels = (Math.abs(rounded / cdelt - 1) * Math.max(naxis1, naxis2)) / 2
  return driftPixels <= MAX_DRIFT_PIXELS ? CLASSIC_DECIMALS : FINE_DECIMALS
}

/** Size and edge corners of the new image, from the header as it was written. */
function coverage(
  lines: readonly string[],
  grid: TemplateGrid,
): Omit<MakeHdrResult, 'msg' | 'count' | 'ncube' | 'naxis1' | 'naxis2'> {
  const { wcs } = uncheckedWcs(parseHeaderTemplate(lines.join('\n')), 'template')
  const corner = (fitsX: number, fitsY: number): SkyPosition =>
    pixelToSky(wcs, fitsX, fitsY) ?? { lonDeg: Number.NaN, latDeg: Number.NaN }
  const [right, top] = [grid.naxis1 + 0.5, grid.naxis2 + 0.5]
  const [first, second, third, fourth] = [
    corner(0.5, 0.5),
    corner(right, 0.5),
    corner(right, top),
    corner(0.5, top),
  ] as const
  return {
    clon: grid.centre.lonDeg,
    clat: grid.centre.latDeg,
    lonsize: grid.naxis1 * grid.cdelt,
    latsize: grid.naxis2 * grid.cdelt,
    posang: grid.crota2,
    lon1: first.lonDeg,
    lat1: first.latDeg,
    lon2: second.lonDeg,
    lat2: second.latDeg,
    lon3: third.lonDeg,
    lat3: third.latDeg,
    lon4: fourth.lonDeg,
    lat4: fourth.latDeg,
  }
}

function readCall(call: ModuleCall): MakeHdrInput {
  const [scale, pixels, edge] = ['p', 'P', 'e'].map((name) => optionValue(call, name))
  const cdelt = scale === undefined ? undefined : realArgument(scale, `Invalid pixel scale: ${scale}`)
  const maxPixels = pixels === undefined ? undefined : realArgument(pixels, `Invalid maximum size: ${pixels}`)
  if ((cdelt !== undefined && cdelt <= 0) || (maxPixels !== undefined && maxPixels < 1)) throw usageError()
  const isPercent = edge?.endsWith('%') === true
  const pad =
    edge === undefined
      ? undefined
      : realArgument(isPercent ? edge.slice(0, -1) : edge, `Invalid edge: ${edge}`)
  return {
    images: operand(call, 0),
    output: operand(call, 1),
    frame: readFrameWords(call.operands[2], call.operands[3]),
    isNorthUp: hasOption(call, 'n'),
    ...(cdelt === undefined ? {} : { cdelt }),
    ...(maxPixels === undefined ? {} : { maxPixels }),
    ...(pad === undefined ? {} : { pad: { value: pad, isPercent } }),
  }
}

/** The module mMakeHdr. */
export const makeHdrModule: MontageModule = defineModule<MakeHdrInput, MakeHdrResult>({
  name: 'mMakeHdr',
  summary: 'Writes the template of a mosaic that holds all images of a table.',
  usage:
    '%s [-d level] [-s statusfile] [-p(ixel-scale) cdelt | -P maxpixel] [-e edgepixels] [-n] images.tbl template.hdr [system [equinox]] (where system = EQUJ|EQUB|ECLJ|ECLB|GAL|SGAL)',
  style: 'getopt',
  options: 'd:s:p:P:e:n',
  operands: [2, 4],
  isNamed: true,
  fields: [
    ['msg', 's'],
    ['count', 'd'],
    ['ncube', 'd'],
    ['naxis1', 'd'],
    ['naxis2', 'd'],
    ['clon', 'f6'],
    ['clat', 'f6'],
    ['lonsize', 'f6'],
    ['latsize', 'f6'],
    ['posang', 'f6'],
    ['lon1', 'f6'],
    ['lat1', 'f6'],
    ['lon2', 'f6'],
    ['lat2', 'f6'],
    ['lon3', 'f6'],
    ['lat3', 'f6'],
    ['lon4', 'f6'],
    ['lat4', 'f6'],
  ],
  manual: {
    description:
      'Writes the header template of a mosaic that holds all images or positions of a table: the smallest box in TAN projection, rotated as it fits best, or with north up. Regions larger than about a hemisphere get a map of the whole sky in AIT projection.',
    options: [
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
      ['-p cdelt', 'Size of the pixels in degrees; default: the smallest of the images.'],
      ['-P maxpixel', 'Pixels of the larger side, instead of `-p`.'],
      ['-e edgepixels', 'Pixels added at each edge; with `%` behind the number, percent of the larger side.'],
      ['-n', 'North up.'],
    ],
    operands: [
      [
        'images.tbl',
        'Image table as mImgtbl writes it, or a table with the positions of objects, or one with a column `table` that names other tables.',
      ],
      ['template.hdr', 'Header template that is written.'],
      ['[system]', '`EQUJ` (default), `EQUB`, `ECLJ`, `ECLB`, `GAL`, `SGAL`.'],
      ['[equinox]', 'Year; default 2000, for EQUB and ECLB 1950.'],
    ],
    reads: [
      [
        'images.tbl',
        'Corners (`ra1`, `dec1` ... `ra4`, `dec4`), or coordinates (`ctype1` ... `crota2`), or positions (`ra`, `dec` or `lon`, `lat`).',
      ],
    ],
    returns: {
      msg: 'Remark, often empty.',
      count: 'Rows read.',
      ncube: 'Rows that are cubes.',
      naxis1: 'Width in pixels.',
      naxis2: 'Height in pixels.',
      clon: 'Longitude of the centre, degrees.',
      clat: 'Latitude of the centre, degrees.',
      lonsize: 'Width, degrees.',
      latsize: 'Height, degrees.',
      posang: 'Rotation, degrees.',
      lon1: 'Lower left corner.',
      lat1: 'Lower left corner.',
      lon2: 'Lower right corner.',
      lat2: 'Lower right corner.',
      lon3: 'Upper right corner.',
      lat3: 'Upper right corner.',
      lon4: 'Upper left corner.',
      lat4: 'Upper left corner.',
    },
    example: ['mMakeHdr -n raw.tbl region.hdr', 'mMakeHdr -e 5% raw.tbl galactic.hdr GAL'],
  },
  read: readCall,
  run: mMakeHdr,
})
