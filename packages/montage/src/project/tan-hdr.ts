import { parseHeaderTemplate } from '@skyloom/fits'
import { padToWidth, parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { fitPolynomial } from '@skyloom/mosaic'
import { angularDistanceDeg, pixelToSky, type SkyPosition, skyToPixel, type Wcs } from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  realArgument,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { uncheckedWcs } from '../header/classic-wcs.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { parseTemplateLine } from '../header/template-line.ts'
import { classicAngleRad } from './classic-angle.ts'

/** Input of {@link mTANHdr}. */
export interface TanHdrInput {
  readonly template: string
  readonly output: string
  /** Powers of each variable in the polynomials, the constant included; default 5. */
  readonly order?: number
  /** Most steps of each fit; default 50. */
  readonly maxIterations?: number
  /** Largest residual at which a fit ends, pixels; default 0.01. */
  readonly tolerancePx?: number
  /** Use points outside the image too. */
  readonly usesOffScale?: boolean
  /**
   * Polynomials around the reference pixel, full steps and 16 digits, instead of the polynomials of FITS coordinates, halved steps and
   * four digits of the classic program.
   */
  readonly isPrecise?: boolean
}

/** Result of {@link mTANHdr}: largest errors in pixels and steps of both directions. */
export interface TanHdrResult {
  readonly fwdxerr: number
  readonly fwdyerr: number
  readonly fwditer: number
  readonly revxerr: number
  readonly revyerr: number
  readonly reviter: number
}

/** Highest order that SIP allows, and one for the constant. */
const MAX_ORDER = 11

/**
 * Writes a header with a distorted tangent plane (TAN-SIP) that stands for another one over the pixels of an image.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTANHdr(input: TanHdrInput, place: Place = {}): Promise<TanHdrResult> {
  const template = await readTemplateFile(place, input.template).catch((cause: unknown) => {
    if (cause instanceof MontageError && cause.code === 'MONTAGE_NO_FILE')
      throw new MontageError('MONTAGE_BAD_HEADER', `Bad template: ${input.template}`, {
        where: [input.template],
        cause,
      })
    throw cause
  })
  const { lines, result } = fitTanHeader(template, input)
  const problem = `Cannot open output template file ${input.output}`
  await writeText(place, input.output, `${lines.join('\n')}\nEND\n`, problem)
  return result
}

/** The lines of the header, without END, and how well it fits. */
export interface TanHeader {
  readonly lines: readonly string[]
  readonly result: TanHdrResult
}

/** Fits both directions of the distortion. */
export function fitTanHeader(template: HeaderTemplate, input: TanHdrInput): TanHeader {
  const order = Math.min(MAX_ORDER, input.order ?? 5)
  const fit: Fit = {
    template,
    base: baseLines(template, input.isPrecise === true),
    order,
    isPrecise: input.isPrecise === true,
    usesOffScale: input.usesOffScale === true,
    maxIterations: input.maxIterations ?? 50,
    tolerancePx: input.tolerancePx ?? 0.01,
    inverse: [new Float64Array(order * order), new Float64Array(order * order)],
    direct: [new Float64Array(order * order), new Float64Array(order * order)],
  }
  const forward = iterate(fit, fit.inverse, 'forward')
  const reverse = iterate(fit, fit.direct, 'reverse')
  const result = {
    fwdxerr: forward.errorX,
    fwdyerr: forward.errorY,
    fwditer: forward.steps,
    revxerr: reverse.errorX,
    revyerr: reverse.errorY,
    reviter: reverse.steps,
  }
  return { lines: headerLines(fit), result }
}

/** Coefficients of x and y, x^i y^j at i * order + j. */
type Pair = readonly [Float64Array, Float64Array]

interface Fit {
  readonly template: HeaderTemplate
  readonly base: readonly string[]
  readonly order: number
  readonly isPrecise: boolean
  readonly usesOffScale: boolean
  readonly maxIterations: number
  readonly tolerancePx: number
  /** AP and BP. */
  readonly inverse: Pair
  /** A and B. */
  readonly direct: Pair
}

type Direction = 'forward' | 'reverse'

/** Changes coefficients until the residuals are small. */
function iterate(
  fit: Fit,
  coefficients: Pair,
  direction: Direction,
): { readonly errorX: number; readonly errorY: number; readonly steps: number } {
  const { order, isPrecise, maxIterations, tolerancePx } = fit
  const size = Math.min(fit.template.width, fit.template.height)
  const step = Math.max(1, Math.trunc(size / 8))
  const gain = isPrecise ? 1 : 0.5
  let steps = 0
  for (;;) {
    steps++
    const points = residuals(fit, direction, step)
    if (points.z1.length === 0)
      throw new MontageError('MONTAGE_NO_RESULT', `All points offscale in ${direction} transform`)
    const { x, y, atX, atY } = points
    // For the residual in y the classic program takes the powers of the mapped place.
    const changes = isPrecise
      ? [fitPolynomial(x, y, points.z1, order), fitPolynomial(x, y, points.z2, order)]
      : [fitPolynomial(x, y, points.z1, order), fitPolynomial(atX, atY, points.z2, order)]
    for (const [axis, change] of changes.entries()) {
      if (change === undefined)
        throw new MontageError('MONTAGE_NO_RESULT', `Singular Matrix-${axis + 1}`, {
          found: `${x.length} points`,
          allowed: `at least ${order * order}`,
          remedy: 'lower the order',
        })
      const target = coefficients[axis === 0 ? 0 : 1]
      for (let k = 0; k < target.length; k++) target[k]! += gain * change[k]!
    }
    if (points.largest < tolerancePx || steps >= maxIterations) break
  }
  const check = residuals(fit, direction, Math.max(1, step / 20))
  return { errorX: largest(check.z1), errorY: largest(check.z2), steps }
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

interface Residuals {
  /** Places on the side that the polynomials start from. */
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** The mapped places. */
  readonly atX: readonly number[]
  readonly atY: readonly number[]
  readonly z1: readonly number[]
  readonly z2: readonly number[]
  readonly largest: number
}

/** How far the present header is from the original at points of the image. */
function residuals(fit: Fit, direction: Direction, step: number): Residuals {
  const { template } = fit
  const tan = wcsOf(headerLines(fit), template)
  const original = template.sky.wcs
  const [from, to] = direction === 'forward' ? [original, tan] : [tan, original]
  const [x, y, atX, atY, z1, z2]: number[][] = [[], [], [], [], [], []]
  // The classic program takes powers of FITS coordinates, although SIP counts from the reference pixel.
  const [originX, originY] = fit.isPrecise ? tan.crpix : [0, 0]
  // From pixel to sky the classic program takes all points.
  const takesAll = fit.usesOffScale || direction === 'reverse'
  for (const iy of samples(template.height, step)) {
    for (const ix of samples(template.width, step)) {
      const there = across(from, to, ix, iy)
      if (there === undefined) continue
      const isOffScale =
        there.fitsX < 0.5 ||
        there.fitsY < 0.5 ||
        there.fitsX > template.width + 0.5 ||
        there.fitsY > template.height + 0.5
      if (isOffScale && !takesAll) continue
      x?.push(ix - originX)
      y?.push(iy - originY)
      atX?.push(there.fitsX - originX)
      atY?.push(there.fitsY - originY)
      z1?.push(ix - there.fitsX)
      z2?.push(iy - there.fitsY)
    }
  }
  const [dx = [], dy = []] = [z1, z2]
  return {
    x: x ?? [],
    y: y ?? [],
    atX: atX ?? [],
    atY: atY ?? [],
    z1: dx,
    z2: dy,
    largest: Math.max(largest(dx), largest(dy)),
  }
}

function across(
  from: Wcs,
  to: Wcs,
  fitsX: number,
  fitsY: number,
): { readonly fitsX: number; readonly fitsY: number } | undefined {
  const sky = pixelToSky(from, fitsX, fitsY)
  return sky === undefined ? undefined : skyToPixel(to, sky.lonDeg, sky.latDeg)
}

/** Places along one axis: from -0.5 in steps, the far edge last. */
function samples(size: number, step: number): readonly number[] {
  const places: number[] = []
  for (let place = -0.5; place < size - 0.5; place += step) places.push(place)
  places.push(size - 0.5)
  return places
}

const RAD_TO_DEG = 180 / Math.PI

/** The header without its coefficients: TAN at the centre of the image, with the scale there and the directions of the original. */
function baseLines(template: HeaderTemplate, isPrecise: boolean): readonly string[] {
  const { lines, width, height, sky } = template
  const { wcs } = sky
  const [centreX, centreY] = [(width + 1) / 2, (height + 1) / 2]
  const centre = pixelToSky(wcs, centreX, centreY)
  const right = pixelToSky(wcs, centreX + 1, centreY)
  const above = pixelToSky(wcs, centreX, centreY + 1)
  if (centre === undefined || right === undefined || above === undefined)
    throw new MontageError('MONTAGE_BAD_HEADER', 'Bad original header template.')
  const kept = new Map(lines.map((line) => [parseTemplateLine(line).keyword, line]))
  const sign = (keyword: string): number =>
    Number(parseTemplateLine(kept.get(keyword) ?? '').value) < 0 ? -1 : 1
  const hasMatrix = [...kept.keys()].some((keyword) => /^CD\d_\d$/.test(keyword))
  const scale = (keyword: string, to: SkyPosition): string =>
    line(
      keyword,
      isPrecise ? '%.15f' : '%.10f',
      sign(keyword) * (isPrecise ? angularDistanceDeg(centre, to) : classicAngleRad(centre, to) * RAD_TO_DEG),
    )
  const rest = [...kept]
    .filter(([keyword]) => /^(?:CROTA[12]|CD\d_\d|PC\d_\d|EQUINOX|EPOCH|RADECSYS)$/.test(keyword))
    .map(([, text]) => text)
  const [lonName, latName] = wcs.ctype.map((name) => name.slice(0, 4))
  const [first, second] = wcs.isLatFirst ? [latName, lonName] : [lonName, latName]
  const [value1, value2] = wcs.isLatFirst ? [centre.latDeg, centre.lonDeg] : [centre.lonDeg, centre.latDeg]
  return [
    'SIMPLE  = T',
    'BITPIX  = -64',
    'NAXIS   = 2',
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    `CTYPE1  = '${first}-TAN-SIP'`,
    `CTYPE2  = '${second}-TAN-SIP'`,
    line('CRVAL1', '%15.10f', value1),
    line('CRVAL2', '%15.10f', value2),
    line('CRPIX1', '%15.10f', centreX),
    line('CRPIX2', '%15.10f', centreY),
    ...(hasMatrix ? [] : [scale('CDELT1', right), scale('CDELT2', above)]),
    ...rest,
  ]
}

function line(keyword: string, format: string, value: number): string {
  const conversion = parsePrintf(format)
  const width = conversion.width === 'longest' ? 0 : conversion.width
  return `${keyword.padEnd(8)}= ${padToWidth(conversion, printfDigits(conversion, value), width)}`
}

function headerLines(fit: Fit): readonly string[] {
  const { order, direct, inverse, isPrecise } = fit
  const format = isPrecise ? '%23.15e' : '%10.3e'
  const block = (name: string, values: Float64Array): string[] => [
    `${`${name}_ORDER`.padEnd(8)}= ${order - 1}`,
    ...Array.from(values, (value, k) => line(`${name}_${Math.floor(k / order)}_${k % order}`, format, value)),
  ]
  return [
    ...fit.base,
    ...block('A', direct[0]),
    ...block('B', direct[1]),
    ...block('AP', inverse[0]),
    ...block('BP', inverse[1]),
  ]
}

function wcsOf(lines: readonly string[], template: HeaderTemplate): Wcs {
  try {
    return uncheckedWcs(
      parseHeaderTemplate(`${lines.join('\n')}\nEND\n`, 'the fitted header'),
      'the fitted header',
    ).wcs
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_HEADER', 'Invalid header generated.', {
      found: `${template.width} x ${template.height}`,
      cause,
    })
  }
}

function readCall(call: ModuleCall): TanHdrInput {
  const whole = (letter: string, name: string): number | undefined => {
    const text = optionValue(call, letter)
    if (text === undefined) return undefined
    const problem = `-${letter} (${name}) argument "${text}" not an integer`
    const value = integerArgument(text, problem)
    if (value >= 1) return value
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: '1 or more' })
  }
  const order = whole('o', 'order')
  const maxIterations = whole('i', 'iterations')
  const tolerance = optionValue(call, 't')
  const problem = `-t (tolerance) argument "${tolerance ?? ''}" not a real number`
  return {
    template: operand(call, 0),
    output: operand(call, 1),
    usesOffScale: hasOption(call, 'u'),
    isPrecise: hasOption(call, 'p'),
    ...(order === undefined ? {} : { order }),
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(tolerance === undefined ? {} : { tolerancePx: realArgument(tolerance, problem) }),
  }
}

/** The module mTANHdr. */
export const tanHdrModule: MontageModule = defineModule<TanHdrInput, TanHdrResult>({
  name: 'mTANHdr',
  summary: 'Writes a distorted tangent-plane header that stands for another one.',
  usage:
    '%s [-d][-o order][-i maxiter][-t tolerance][-s statusfile] orig.hdr new.hdr (default: order = 5, maxiter = 50, tolerance = 0.01)',
  style: 'getopt',
  options: 'duo:i:t:s:p',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['fwdxerr', 'g'],
    ['fwdyerr', 'g'],
    ['fwditer', 'd'],
    ['revxerr', 'g'],
    ['revyerr', 'g'],
    ['reviter', 'd'],
  ],
  manual: {
    description:
      'Fits a tangent plane at the centre of an image with SIP polynomials to the coordinates of a header of any projection, so that mProjectPP can work with it. The polynomials A and B go from pixels to the sky, AP and BP back. Whether the fit is good enough is for the caller to judge by the errors.',
    options: [
      ['-o order', 'Powers of each variable, the constant included; default 5.'],
      ['-i maxiter', 'Most steps; default 50.'],
      ['-t tolerance', 'Residual in pixels at which a fit ends; default 0.01.'],
      ['-u', 'Use points outside the image too.'],
      [
        '-p',
        'Precise: polynomials of the distance from the reference pixel, as SIP has them, with full steps and 16 digits. Not in Montage, which fits polynomials of FITS coordinates, halves its steps and writes four digits; its headers are good while the distortion is small.',
      ],
      DEBUG_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['orig.hdr', 'Header template.'],
      ['new.hdr', 'Header template to write.'],
    ],
    returns: {
      fwdxerr: 'largest error in x from sky to pixel, pixels',
      fwdyerr: 'the same in y',
      fwditer: 'steps of this fit',
      revxerr: 'largest error in x from pixel to sky, pixels',
      revyerr: 'the same in y',
      reviter: 'steps of this fit',
    },
    example: ['mTANHdr -p -t 0.001 region.hdr region-tan.hdr'],
  },
  read: readCall,
  run: mTANHdr,
})
