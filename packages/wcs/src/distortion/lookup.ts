import { WcsError } from '../errors.ts'

/**
 * A table of pixel corrections on a regular grid. The correction of pixel (x, y) is read, linearly between elements and constant
 * beyond the table, at array index (x - 1 - `crval`) / `cdelt` + `crpix`, counted from 0.
 */
export interface LookupTable {
  readonly width: number
  readonly height: number
  /** Corrections in pixels, row after row. */
  readonly data: Float32Array | Float64Array
  readonly crpix: readonly [number, number]
  readonly crval: readonly [number, number]
  readonly cdelt: readonly [number, number]
}

/** A pair of tables for the two axes of an image; undefined means no correction. */
export type LookupPair = readonly [LookupTable | undefined, LookupTable | undefined]

/** The lookup-table distortions of an image. */
export interface LookupDistortion {
  /** D2IMDISj: applied to pixels before everything else. */
  readonly detector: LookupPair | undefined
  /** CPDISj: added, like SIP, to the pixels the first step gives. */
  readonly prior: LookupPair | undefined
}

/**
 * Checks a table before use.
 *
 * @throws {WcsError} `WCS_BAD_DISTORTION` when size, data or increments do not make a table
 */
export function checkTable(table: LookupTable, where: readonly string[]): void {
  const { width, height, data, cdelt, crpix, crval } = table
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  const isPlaced = [...cdelt, ...crpix, ...crval].every(Number.isFinite) && cdelt[0] !== 0 && cdelt[1] !== 0
  if (isSize && isPlaced && data.length === width * height) return
  throw new WcsError('WCS_BAD_DISTORTION', 'lookup table does not fit its description', {
    where,
    found: `${width} x ${height} elements, ${data.length} values, CDELT ${cdelt.join(', ')}`,
    allowed: 'width times height values, increments other than 0',
    remedy: 'read the table from the extension the header names',
  })
}

/** Function that writes correction, d/dx and d/dy at a FITS pixel to `out[0]` to `out[2]`. */
export function lookupEvaluator(
  table: LookupTable | undefined,
): (fitsX: number, fitsY: number, out: Float64Array) => void {
  if (table === undefined) return (_x, _y, out) => void out.fill(0, 0, 3)
  const { width, height, data, crpix, crval, cdelt } = table
  return (fitsX, fitsY, out) => {
    const u = (fitsX - 1 - crval[0]) / cdelt[0] + crpix[0]
    const v = (fitsY - 1 - crval[1]) / cdelt[1] + crpix[1]
    const uIn = Math.min(width - 1, Math.max(0, u))
    const vIn = Math.min(height - 1, Math.max(0, v))
    const i = Math.max(0, Math.min(width - 2, Math.floor(uIn)))
    const j = Math.max(0, Math.min(height - 2, Math.floor(vIn)))
    const i1 = Math.min(width - 1, i + 1)
    const j1 = Math.min(height - 1, j + 1)
    const a = uIn - i
    const b = vIn - j
    // `+` keeps NaN of a NaN position; typed-array reads at NaN would give undefined.
    const k = Number.isNaN(i + j) ? 0 : j * width + i
    const d00 = data[k]!
    const d10 = data[k + i1 - i]! - d00
    const d01 = data[k + (j1 - j) * width]! - d00
    const d11 = data[k + (j1 - j) * width + i1 - i]! - d00 - d10 - d01
    out[0] = d00 + a * d10 + b * d01 + a * b * d11
    out[1] = u === uIn ? (d10 + b * d11) / cdelt[0] : 0
    out[2] = v === vIn ? (d01 + a * d11) / cdelt[1] : 0
  }
}
