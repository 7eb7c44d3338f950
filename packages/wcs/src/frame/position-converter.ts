import { WcsError } from '../errors.ts'
import type { SkyPosition } from '../sphere/sky-position.ts'

/** Converts positions from one frame to another. */
export interface PositionConverter<Frame> {
  readonly from: Frame
  readonly to: Frame
  /** True when both frames are the same: values pass unchanged. */
  readonly isIdentity: boolean
  /** One position; longitude in [0, 360), NaN for what is not finite. */
  convert(lonDeg: number, latDeg: number): SkyPosition
  /**
   * The first `count` (default all) positions in place, without allocation; longitude in [0, 360), NaN for what is not
   * finite.
   *
   * @throws {WcsError} `WCS_BAD_FRAME` when the arrays are shorter than `count`
   */
  convertInPlace(lonDeg: Float64Array, latDeg: Float64Array, count?: number): void
}

/**
 * Converter around a function that changes the first `count` positions of two arrays.
 *
 * @param run undefined when the frames are the same
 */
export function positionConverter<Frame>(
  from: Frame,
  to: Frame,
  run: ((lonDeg: Float64Array, latDeg: Float64Array, count: number) => void) | undefined,
): PositionConverter<Frame> {
  const lonOne = new Float64Array(1)
  const latOne = new Float64Array(1)
  return {
    from,
    to,
    isIdentity: run === undefined,
    convert(lonDeg, latDeg) {
      if (run === undefined) return { lonDeg, latDeg }
      lonOne[0] = lonDeg
      latOne[0] = latDeg
      run(lonOne, latOne, 1)
      return { lonDeg: lonOne[0], latDeg: latOne[0] }
    },
    convertInPlace(lonDeg, latDeg, count = lonDeg.length) {
      checkLengths(lonDeg, latDeg, count)
      run?.(lonDeg, latDeg, count)
    },
  }
}

/** Refuses arrays too short for `count` positions. */
function checkLengths(lonDeg: Float64Array, latDeg: Float64Array, count: number): void {
  if (Number.isInteger(count) && count >= 0 && lonDeg.length >= count && latDeg.length >= count) return
  throw new WcsError('WCS_BAD_FRAME', 'arrays of positions do not hold the positions asked for', {
    found: `${lonDeg.length} longitudes, ${latDeg.length} latitudes, count ${count}`,
    allowed: 'a count from 0 to the length of both arrays',
    remedy: 'give arrays of equal length',
  })
}
