import { type Header, readCube } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { Comparison } from './compare-text.ts'

const GEOMETRY = /^(?:NAXIS\d*|BITPIX|CTYPE\d|CRVAL\d|CRPIX\d|CDELT\d|CD\d_\d|PC\d_\d|CROTA\d|EQUINOX)$/
/** Cards that every writer adds as it likes. */
const FREE = /^(?:SIMPLE|EXTEND|COMMENT|HISTORY|CHECKSUM|DATASUM|DATE|)$/
/** Values of geometry keywords are printed with at most so many digits by one of the writers. */
const KEYWORD_RTOL = 1e-12

interface Pixels {
  readonly header: Header
  readonly shape: readonly number[]
  readonly data: Float64Array
}

async function read(path: string): Promise<Pixels> {
  await using file = await openFitsFile(path, { blocking: true })
  const hdu = await file.hdu(0)
  const { shape, data } = await readCube(hdu, { as: 'float64' })
  return { header: hdu.header, shape, data }
}

/** Compares FITS files at a tolerance class. `areas` (the expected area image) exempts thin edge pixels for `girard`. */
export async function compareFits(
  foundPath: string,
  expectedPath: string,
  tolerance: string,
  areaPath: string | undefined,
): Promise<Comparison> {
  const found = await read(foundPath)
  const expected = await read(expectedPath)
  const headers = compareHeaders(found.header, expected.header)
  if (headers !== undefined) return { problem: headers, largest: Infinity }
  if (found.shape.join() !== expected.shape.join())
    return { problem: `shape ${found.shape.join()}, expected ${expected.shape.join()}`, largest: Infinity }
  const areas = areaPath === undefined ? undefined : (await read(areaPath)).data
  return comparePixels(found.data, expected.data, tolerance, areas, areaPath === expectedPath)
}

function compareHeaders(found: Header, expected: Header): string | undefined {
  for (const { keyword, value } of expected) {
    if (FREE.test(keyword) || isBeyondAxes(keyword, expected)) continue
    if (!found.has(keyword)) return `${keyword} is missing`
    const other = found.get(keyword)
    if (!GEOMETRY.test(keyword)) continue
    const isSame =
      typeof value === 'number' && typeof other === 'number'
        ? Math.abs(value - other) <= KEYWORD_RTOL * Math.max(1, Math.abs(value))
        : value === other
    if (!isSame)
      return `${keyword}: found ${found.card(keyword)?.raw ?? ''}, expected ${expected.card(keyword)?.raw ?? ''}`
  }
  for (const { keyword } of found) {
    if (!FREE.test(keyword) && !expected.has(keyword)) return `${keyword} is not expected`
  }
  return undefined
}

/**
 * True for NAXISn with n above NAXIS: no FITS file may have it (FITS 4.0, section 4.4.1.1), and it is none of the axes that are compared.
 * mProjectCube of Montage leaves NAXIS3 of the cube in its flat area image; that ours is valid is tested in cubes.test.ts.
 */
function isBeyondAxes(keyword: string, header: Header): boolean {
  const axis = /^NAXIS([1-9]\d*)$/.exec(keyword)?.[1]
  return axis !== undefined && Number(axis) > header.integer('NAXIS')
}

const TOLERANCES: ReadonlyMap<string, number> = new Map([
  ['exact', 0],
  ['float', 1e-9],
  ['pp', 1e-8],
  ['interp', 1e-8],
  ['girard', 5e-5],
])
/** `interp`: ties of the nearest pixel may fall either way in so many pixels. */
const TIES = 0.001
/** `girard`: pixels covered less than this fraction of the median need not agree. */
const THIN = 1e-3

function comparePixels(
  found: Float64Array,
  expected: Float64Array,
  tolerance: string,
  areas: Float64Array | undefined,
  isArea: boolean,
): Comparison {
  const rtol = TOLERANCES.get(tolerance)
  if (rtol === undefined) return { problem: `no comparison for class ${tolerance}`, largest: Infinity }
  const thin = areas === undefined ? -1 : THIN * median(areas.filter((area) => area > 0))
  let largest = 0
  let bad = 0
  let first = ''
  for (let i = 0; i < expected.length; i++) {
    const a = found[i]!
    const b = expected[i]!
    const area = areas?.[i]
    if (tolerance === 'girard' && (area === undefined || Number.isNaN(area) || area < thin)) {
      if (Number.isNaN(a) || Number.isNaN(b) || isArea || area === undefined || area < thin) continue
    }
    if (Number.isNaN(a) && Number.isNaN(b)) continue
    const difference = Math.abs(a - b)
    const limit = isArea && tolerance === 'girard' ? 1e-4 * Math.abs(b) + 2e-15 : rtol * Math.abs(b)
    if (difference <= limit) {
      largest = Math.max(largest, b === 0 ? difference : difference / Math.abs(b))
      continue
    }
    bad++
    if (first === '') first = `pixel ${i}: found ${a}, expected ${b}`
  }
  const allowed = tolerance === 'interp' ? TIES * expected.length : 0
  return bad > allowed
    ? { problem: `${bad} pixels differ; ${first}`, largest: Infinity }
    : { problem: undefined, largest }
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1] ?? 0
}
