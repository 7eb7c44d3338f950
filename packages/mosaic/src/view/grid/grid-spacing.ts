const ARCSEC = 1 / 3600
const ARCMIN = 1 / 60

/** Ranges up to the first number have lines as far apart as the second, degrees. */
const SPACINGS: readonly (readonly [number, number])[] = [
  [0.6 * ARCSEC, 0.1 * ARCSEC],
  [1.5 * ARCSEC, 0.2 * ARCSEC],
  [3 * ARCSEC, 0.5 * ARCSEC],
  [6 * ARCSEC, ARCSEC],
  [15 * ARCSEC, 2 * ARCSEC],
  [30 * ARCSEC, 5 * ARCSEC],
  [60 * ARCSEC, 10 * ARCSEC],
  [3 * ARCMIN, 20 * ARCSEC],
  [6 * ARCMIN, ARCMIN],
  [15 * ARCMIN, 2 * ARCMIN],
  [30 * ARCMIN, 5 * ARCMIN],
  [1.5, 10 * ARCMIN],
  [3, 30 * ARCMIN],
  [6, 1],
  [15, 2],
  [30, 5],
  [60, 10],
  [90, 15],
  [360, 30],
]

/** Ranges are computed and may be larger by their last digits. */
const ROUNDING = 1 + 1e-9

/** Distance of the lines of a grid over a range of coordinates, degrees. Source: mViewer as specified for Montage 6.0. */
export function gridSpacing(rangeDeg: number): number {
  return SPACINGS.find(([range]) => rangeDeg <= range * ROUNDING)?.[1] ?? 30
}

/** Whole multiples of a spacing from one number to another, ends included. */
export function multiplesWithin(from: number, to: number, spacing: number): readonly number[] {
  const first = Math.ceil(from / spacing - 1e-9)
  const last = Math.floor(to / spacing + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * spacing)
}
