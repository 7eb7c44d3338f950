import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { checkBoxInFile, readBoxInto } from '../image/read-box.ts'
import { badRegion, hduLocation } from '../image/region.ts'
import { type PixelScaling, pixelScaling } from '../image/scaling.ts'

/** Which random groups are read. */
export interface ReadGroupsOptions {
  /** From 0; default 0. */
  readonly first?: number
  /** Default: up to the last. */
  readonly count?: number
  readonly signal?: AbortSignal | undefined
}

/** One parameter of each group, `PZEROn + PSCALn * stored`. */
export interface GroupParameter {
  /** PTYPEn, or an empty string. Several parameters may have one name: their sum is the value (FITS Standard 4.0, section 6.3). */
  readonly name: string
  readonly values: Float64Array
}

/** Random groups: parameters and a small array for each. */
export interface RandomGroups {
  readonly count: number
  /** In the order of the file; PCOUNT of them. */
  readonly parameters: readonly GroupParameter[]
  /** Of one group's array, slowest axis first. */
  readonly shape: readonly number[]
  /** Arrays of the groups one after the other: physical values, BLANK as NaN. */
  readonly data: Float64Array
}

/**
 * Reads random groups (FITS Standard 4.0, section 6), an old structure for radio interferometry that must still be readable.
 *
 * @throws FitsError `FITS_NOT_GROUPS`, `FITS_BAD_REGION`, `FITS_TRUNCATED`
 */
export async function readGroups(hdu: Hdu, options: ReadGroupsOptions = {}): Promise<RandomGroups> {
  if (hdu.type !== 'groups') {
    throw new FitsError('FITS_NOT_GROUPS', hduLocation(hdu), 'the HDU holds no random groups', {
      found: hdu.type,
    })
  }
  const { first = 0, count = hdu.gcount - first } = options
  if (
    !Number.isInteger(first) ||
    !Number.isInteger(count) ||
    first < 0 ||
    count < 0 ||
    first + count > hdu.gcount
  ) {
    throw badRegion(
      hdu,
      'there are no such groups',
      `${count} from ${first} on`,
      `${hdu.gcount} groups, from 0`,
    )
  }
  const length = hdu.shape.reduce((product, axis) => product * axis, 1)
  const parameters = await readParameters(hdu, first, count, length, options.signal)
  const data = await readPart(
    hdu,
    [hdu.pcount, first],
    [length, count],
    pixelScaling(hdu.header, hdu.bitpix),
    options,
  )
  return { count, parameters, shape: hdu.shape, data }
}

/** Value of a named parameter in each group: the sum of all parameters of that name; undefined when there is none. */
export function groupParameter(groups: RandomGroups, name: string): Float64Array | undefined {
  const parts = groups.parameters.filter((parameter) => parameter.name === name)
  if (parts.length === 0) return undefined
  return new Float64Array(groups.count).map((_, group) =>
    parts.reduce((sum, part) => sum + (part.values[group] ?? NaN), 0),
  )
}

async function readParameters(
  hdu: Hdu,
  first: number,
  count: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<GroupParameter[]> {
  const stored = await readPart(hdu, [0, first], [hdu.pcount, count], UNSCALED, { signal }, length)
  return Array.from({ length: hdu.pcount }, (_, index) => {
    const scale = hdu.header.number(`PSCAL${index + 1}`, 1)
    const zero = hdu.header.number(`PZERO${index + 1}`, 0)
    const values = new Float64Array(count).map(
      (_value, group) => zero + scale * (stored[group * hdu.pcount + index] ?? NaN),
    )
    return { name: hdu.header.string(`PTYPE${index + 1}`, ''), values }
  })
}

const UNSCALED: PixelScaling = { bscale: 1, bzero: 0, blank: undefined, isShifted: false, warnings: [] }

/** Groups seen as an image: a row for each group, its parameters and then its array. */
async function readPart(
  hdu: Hdu,
  start: readonly [number, number],
  size: readonly [number, number],
  scaling: PixelScaling,
  options: { readonly signal?: AbortSignal | undefined },
  length: number = size[0],
): Promise<Float64Array> {
  const rows: Hdu = { ...hdu, shape: [hdu.gcount, hdu.pcount + length] }
  const box = { start, size }
  if (size[0] === 0 || size[1] === 0) return new Float64Array(0)
  checkBoxInFile(rows, box)
  const out = new Float64Array(size[0] * size[1])
  await readBoxInto(out, rows, box, scaling, 'float64', options.signal)
  return out
}
