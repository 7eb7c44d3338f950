import { roundedCosDeg, roundedSinDeg } from '../celestial/rounded-trig.ts'
import { WcsError } from '../errors.ts'
import { invert2, type Matrix2 } from '../linear/linear.ts'
import type { CelestialAxes } from './axes.ts'
import type { KeywordReader } from './keyword-reader.ts'
import { pixelSizeDeg } from './pixel-size-keywords.ts'
import type { HeaderRules } from './rules.ts'

/** The linear part of the celestial plane: two pixel axes and two world axes out of all. */
export interface LinearPart {
  /** Numbers (from 1) of the pixel axes that are fitsX and fitsY. */
  readonly pixelAxes: readonly [number, number]
  /** Reference pixel on these axes, FITS convention; the other pixel axes' share is folded in. */
  readonly crpix: readonly [number, number]
  /** Degrees per pixel: longitude row, then latitude row; columns fitsX and fitsY. */
  readonly cd: Matrix2
  /** How the header gives the matrix. */
  readonly form: MatrixForm
}

/** The way a header writes its matrix. */
export type MatrixForm = 'cd' | 'pc' | 'crota' | 'cdelt' | 'plate'

/** Position on pixel axes that are not celestial, by axis number; needed only where axes are coupled. */
export type OtherPixels = ReadonlyMap<number, number>

/**
 * Reads CRPIX and the matrix of the celestial axes.
 *
 * A header should give one form. Of several, PC with CDELT counts first (missing PC elements are those of the identity
 * matrix), then CD (missing elements are 0), then CROTA with CDELT, then CDELT; by the rules of Montage CD comes before PC.
 * The old spellings PC001001 (which yields to CD) and CD001001 are read.
 *
 * @throws {WcsError} `WCS_NO_SCALE` without CD and CDELT or with a CDELT of zero; `WCS_SINGULAR_MATRIX`;
 *   `WCS_NOT_SEPARABLE` when the celestial axes turn with a third axis that is longer than one pixel
 *
 * Source: FITS WCS Paper I (Greisen & Calabretta 2002), section 2.1; CROTA: Paper II, section 6.1.
 */
export function readLinearPart(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  unitsDeg: readonly [number, number],
  otherPixels: OtherPixels,
  rules: HeaderRules,
): LinearPart {
  const elements = matrixElements(header, axes, alternate, rules)
  const rows = [axes.lonAxis, axes.latAxis] as const
  const row = (world: number, unit: number): number[] =>
    Array.from({ length: axes.axisCount }, (_, pixel) => elements.at(world, pixel + 1) * unit)
  const lonRow = row(rows[0], unitsDeg[0])
  const latRow = row(rows[1], unitsDeg[1])
  const pixelAxes = celestialPixelAxes(header, axes, lonRow, latRow)
  const [xAxis, yAxis] = pixelAxes
  const pick = (values: readonly number[], axis: number): number => values[axis - 1] ?? 0
  const cd: Matrix2 = [pick(lonRow, xAxis), pick(lonRow, yAxis), pick(latRow, xAxis), pick(latRow, yAxis)]
  const inverse = invert2(cd)
  if (inverse === undefined) throw singular(header, alternate, elements.form, cd)
  const shift = coupledShift(header, alternate, pixelAxes, lonRow, latRow, otherPixels)
  const crpix1 = header.number(`CRPIX${xAxis}${alternate}`) ?? 0
  const crpix2 = header.number(`CRPIX${yAxis}${alternate}`) ?? 0
  return {
    pixelAxes,
    crpix: [
      crpix1 - (inverse[0] * shift[0] + inverse[1] * shift[1]),
      crpix2 - (inverse[2] * shift[0] + inverse[3] * shift[1]),
    ],
    cd,
    form: elements.form,
  }
}

interface MatrixElements {
  readonly form: MatrixForm
  readonly at: (world: number, pixel: number) => number
}

/** The element of a matrix in its modern or old spelling. */
function element(
  header: KeywordReader,
  name: 'CD' | 'PC',
  i: number,
  j: number,
  alternate: string,
): number | undefined {
  const old = `${name}${String(i).padStart(3, '0')}${String(j).padStart(3, '0')}`
  return header.number(`${name}${i}_${j}${alternate}`) ?? (alternate === '' ? header.number(old) : undefined)
}

/** True when the header has any element of that matrix for the celestial rows. */
export function hasMatrix(
  header: KeywordReader,
  name: 'CD' | 'PC',
  axes: CelestialAxes,
  alternate: string,
): boolean {
  for (const i of [axes.lonAxis, axes.latAxis]) {
    for (let j = 1; j <= axes.axisCount; j++) {
      if (header.has(`${name}${i}_${j}${alternate}`)) return true
      const old = `${name}${String(i).padStart(3, '0')}${String(j).padStart(3, '0')}`
      if (alternate === '' && header.has(old)) return true
    }
  }
  return false
}

/** True for PCi_j in its modern spelling. */
export function hasModernPc(header: KeywordReader, axes: CelestialAxes, alternate: string): boolean {
  return [axes.lonAxis, axes.latAxis].some((i) =>
    [axes.lonAxis, axes.latAxis].some((j) => header.has(`PC${i}_${j}${alternate}`)),
  )
}

function matrixElements(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  rules: HeaderRules,
): MatrixElements {
  const hasPc = hasMatrix(header, 'PC', axes, alternate)
  const isModernPc = rules === 'fits' && hasModernPc(header, axes, alternate)
  if (hasMatrix(header, 'CD', axes, alternate) && !isModernPc) {
    return { form: 'cd', at: (i, j) => element(header, 'CD', i, j, alternate) ?? 0 }
  }
  if (hasPc) {
    const cdelt = cdeltReader(header, axes, alternate, 1, rules)
    return {
      form: 'pc',
      at: (i, j) => cdelt(i) * (element(header, 'PC', i, j, alternate) ?? (i === j ? 1 : 0)),
    }
  }
  const cdelt = cdeltReader(header, axes, alternate, undefined, rules)
  const rotationDeg = rotationOf(header, axes)
  if (rotationDeg === undefined) return { form: 'cdelt', at: (i, j) => (i === j ? cdelt(i) : 0) }
  return { form: 'crota', at: crotaElements(axes, cdelt, rotationDeg) }
}

/** CDELT by axis; a celestial one that is absent (without default) or zero is an error, unless Montage's rules know another keyword. */
function cdeltReader(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  absent: number | undefined,
  rules: HeaderRules,
): (axis: number) => number {
  return (axis) => {
    const keyword = `CDELT${axis}${alternate}`
    const value = header.number(keyword) ?? absent
    if (value !== undefined && value !== 0) return value
    if (axis !== axes.lonAxis && axis !== axes.latAxis) return 1
    const size = rules === 'montage' && alternate === '' ? pixelSizeDeg(header, axes, axis) : undefined
    if (size !== undefined) return size
    throw new WcsError('WCS_NO_SCALE', 'celestial axis has no pixel scale', {
      where: header.where(keyword),
      found: value === undefined ? 'no CDELT and no CD matrix' : '0',
      allowed: 'a CDELT other than 0 or a CD matrix',
      remedy: 'write the degrees per pixel into CDELT or CD',
    })
  }
}

/** CROTA of the latitude axis in degrees; that of the longitude axis has no meaning (Paper II, section 6.1). */
function rotationOf(header: KeywordReader, axes: CelestialAxes): number | undefined {
  return header.number(`CROTA${axes.latAxis}`)
}

/** Matrix of CROTA and CDELT: Paper II, equations 188 and 189. */
function crotaElements(
  axes: CelestialAxes,
  cdelt: (axis: number) => number,
  rotationDeg: number,
): (i: number, j: number) => number {
  const cos = roundedCosDeg(rotationDeg)
  const sin = roundedSinDeg(rotationDeg)
  const { lonAxis, latAxis } = axes
  return (i, j) => {
    if (i === j) return cdelt(i) * (i === lonAxis || i === latAxis ? cos : 1)
    if (i === lonAxis && j === latAxis) return -cdelt(latAxis) * sin
    if (i === latAxis && j === lonAxis) return cdelt(lonAxis) * sin
    return 0
  }
}

/** Length of a pixel axis, 1 when the header does not say. */
function axisLength(header: KeywordReader, axis: number): number {
  return header.number(`ZNAXIS${axis}`) ?? header.number(`NAXIS${axis}`) ?? 1
}

/** The two pixel axes along which the celestial coordinates change. */
function celestialPixelAxes(
  header: KeywordReader,
  axes: CelestialAxes,
  lonRow: readonly number[],
  latRow: readonly number[],
): readonly [number, number] {
  const used: number[] = []
  for (let axis = 1; axis <= axes.axisCount; axis++) {
    if (lonRow[axis - 1] !== 0 || latRow[axis - 1] !== 0) used.push(axis)
  }
  const own = [Math.min(axes.lonAxis, axes.latAxis), Math.max(axes.lonAxis, axes.latAxis)] as const
  const [first, second] = used
  if (used.length === 2 && first !== undefined && second !== undefined) return [first, second]
  if (used.length < 2) return own
  // More than two: the extra ones must be of one pixel, and are taken at a fixed pixel.
  const long = used.filter((axis) => axisLength(header, axis) > 1)
  const [longFirst, longSecond] = long
  if (long.length === 2 && longFirst !== undefined && longSecond !== undefined) return [longFirst, longSecond]
  if (long.every((axis) => axis === own[0] || axis === own[1])) return own
  throw new WcsError('WCS_NOT_SEPARABLE', 'celestial coordinates change along more than two pixel axes', {
    where: header.where(`CTYPE${axes.lonAxis}`),
    found: `pixel axes ${used.join(', ')}`,
    allowed: 'two pixel axes, others of one pixel',
    remedy: 'cut the cube to one plane first',
  })
}

/** Plane coordinates that pixel axes beyond the two add: their pixel (default 1) against their CRPIX. */
function coupledShift(
  header: KeywordReader,
  alternate: string,
  pixelAxes: readonly [number, number],
  lonRow: readonly number[],
  latRow: readonly number[],
  otherPixels: OtherPixels,
): readonly [number, number] {
  let lon = 0
  let lat = 0
  for (let axis = 1; axis <= lonRow.length; axis++) {
    if (axis === pixelAxes[0] || axis === pixelAxes[1]) continue
    const a = lonRow[axis - 1] ?? 0
    const b = latRow[axis - 1] ?? 0
    if (a === 0 && b === 0) continue
    const off = (otherPixels.get(axis) ?? 1) - (header.number(`CRPIX${axis}${alternate}`) ?? 0)
    lon += a * off
    lat += b * off
  }
  return [lon, lat]
}

function singular(header: KeywordReader, alternate: string, form: MatrixForm, cd: Matrix2): WcsError {
  const keyword = form === 'cd' ? 'CD1_1' : form === 'pc' ? 'PC1_1' : 'CDELT1'
  return new WcsError('WCS_SINGULAR_MATRIX', 'matrix from pixels to degrees has no inverse', {
    where: header.where(`${keyword}${alternate}`),
    found: `[${cd.join(', ')}]`,
    allowed: 'a matrix whose rows are not parallel',
    remedy: 'correct the matrix; every pixel must have its own place',
  })
}
