/*
 * Systematic differences FK5 - FK4 of positions at B1950, as sums of a part that depends on declination alone and a part
 * that depends on right ascension within a declination zone.
 *
 * Source: the tables of Fricke, Schwan & Lederle 1988 (Fifth Fundamental Catalogue, part I, Veroeff. ARI 32), which print
 * right ascension times cos(declination) in 0.001 s and declination in 0.01 arcsec. The digits here are those that act in
 * Montage 6.0, found by converting points at the nodes and between them; both tables came out as whole numbers to 0.02.
 */

/** Right ascension times cos(declination), 0.001 s, at each whole declination from -90 to 90. */
// biome-ignore format: a table
const RA_BY_DEC: Int8Array = Int8Array.of(
  -7, -7, -6, -6, -6, -6, -6, -6, -6, -6, -6, -7, -7, -8, -9, -10, -11, -12, -13, -13, -14, -14, -14, -14, -13, -12, -11, -9, -8, -7,
  -5, -5, -4, -3, -3, -3, -3, -3, -3, -3, -3, -2, -2, -1, 0, 0, 1, 2, 2, 3, 3, 3, 2, 2, 1, 0, -1, -1, -2, -3,
  -3, -3, -3, -3, -3, -3, -2, -1, -1, 0, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2, 1, 1,
  1, 1, 1, 1, 1, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0,
  0, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0,
  0, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -2, -2, -3,
  -3,
)

/** Declination, 0.01 arcsec, at each whole declination from -90 to 90. */
// biome-ignore format: a table
const DEC_BY_DEC: Int8Array = Int8Array.of(
  5, 5, 3, 2, 0, -3, -5, -7, -9, -10, -10, -9, -8, -6, -3, -1, 2, 4, 6, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3,
  2, 2, 1, 0, 0, -1, -1, -2, -2, -1, -1, -1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -2, -2, -2, -3,
  -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -2, -2, -1, -1, 0, 0, 1, 1, 0, 0, -1, -2, -2, -3, -3, -3, -3, -3, -2,
  -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, -1, -1, -1,
  -1, -2, -2, -2, -3, -3, -3, -3, -4, -4, -4, -5, -5, -5, -5, -5, -5, -4, -3, -2, -1, 0, 0, 1, 1, 1, 1, 1, 1, 0,
  0,
)

/** Right ascension times cos(declination), 0.001 s: a row for each declination -90, -80 ... 90, a column for each hour. */
// biome-ignore format: a table
const RA_BY_RA: Int8Array = Int8Array.of(
  -1, 0, 0, 2, 2, 1, 1, 1, 1, 0, -1, -1, -1, 0, 0, -1, -1, 0, 1, 2, 2, -1, -1, -1,
  -1, 0, 0, 0, 0, 1, 1, 1, 1, 0, -1, -1, -1, 0, 0, -1, -1, 0, 1, 2, 2, 1, -1, -1,
  -1, 0, 0, 0, 0, 0, 0, 1, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 1, 2, 2, 1, 0, -1,
  -1, 0, 0, 0, -1, -1, 0, 0, 0, -1, -1, -1, 0, 0, 1, 0, 0, 1, 1, 2, 2, 1, 0, -1,
  0, 0, 0, -1, -1, -1, -1, 0, 0, -1, -1, -1, 0, 0, 1, 1, 0, 1, 1, 2, 2, 1, 0, -1,
  -1, 0, 0, 0, -1, -1, 0, 0, 0, -1, -1, -1, 0, 0, 1, 0, 0, 1, 1, 2, 1, 1, 0, -1,
  -1, 0, 0, 0, 0, 0, 1, 1, 1, 0, -1, -1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, -1, -1,
  -1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, -1, -2,
  -1, 0, 0, 1, 1, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0, -1, -1, -1, 0, 0, 0, -1, -2, -2,
  -1, -1, 0, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, -1, -2, -2,
  -1, -1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, -1, -1, -2,
  -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, -1, -1, -2,
  -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1,
  -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 1, 0, 0, -1, -1,
  -1, -1, -2, -2, -2, -1, 0, 0, 0, 0, 0, -1, -1, 0, 1, 2, 3, 3, 2, 1, 0, -1, -1, -1,
  0, -1, -2, -2, -2, -2, -1, 0, 1, 0, 0, -1, -1, 0, 1, 3, 4, 3, 2, 1, 0, -1, -1, 0,
  0, -1, -2, -3, -3, -2, -1, 0, 1, 1, 0, -1, -1, 0, 2, 3, 4, 4, 2, 0, -1, -1, -1, 0,
  1, 0, -2, -3, -4, -3, -1, 0, 1, 1, 0, -1, -1, 0, 2, 4, 4, 4, 2, 0, -1, -1, 0, 0,
  1, 0, -2, -3, -4, -3, -3, 0, 1, 1, 0, -1, -1, 0, 2, 4, 4, 4, 2, 0, -1, -1, 0, 2,
)

/** Declination, 0.01 arcsec: a row for each declination -90, -80 ... 90, a column for each hour. */
// biome-ignore format: a table
const DEC_BY_RA: Int8Array = Int8Array.of(
  -2, -6, -5, -5, 0, 3, 5, 5, 0, -3, -4, -3, -1, 4, 4, 5, 1, -1, -2, -2, 1, 3, 3, 1,
  -2, -4, -5, -3, 0, 3, 5, 3, 0, -3, -4, -3, -1, 2, 4, 3, 1, -1, -2, -2, 1, 3, 3, 1,
  -1, -3, -3, -2, 1, 3, 4, 3, 1, -2, -3, -3, -1, 1, 2, 2, 0, -1, -2, -1, 0, 2, 2, 1,
  -1, -2, -2, -1, 1, 3, 4, 3, 1, -1, -2, -2, -1, 0, 1, 1, 0, -1, -2, -1, 0, 1, 1, 0,
  -1, -1, -1, 0, 2, 3, 3, 3, 2, 0, -1, -1, -1, 0, 0, 0, -1, -1, -1, -1, -1, 0, 0, 0,
  -1, -1, -1, 0, 2, 3, 3, 3, 2, 1, 0, -1, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1,
  -2, -2, -1, 0, 1, 2, 3, 3, 2, 1, 1, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -2, -2,
  -2, -1, -1, 0, 1, 2, 2, 3, 2, 2, 1, 1, 0, 0, 0, 0, 0, -1, -1, -1, -1, -2, -2, -2,
  -2, -1, -1, 0, 1, 1, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, -1, -1, -2, -2, -2,
  -2, -1, -1, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1, -1, -2, -2, -2,
  -2, -2, -1, 0, 0, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, -1, -1, -2, -2,
  -2, -2, -1, -1, 0, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -2, -2, -2,
  -2, -2, -2, -1, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -2, -2, -2,
  -2, -2, -2, -1, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -2, -2, -2,
  -2, -2, -2, -1, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0, -1, -1, -2, -2, -2,
  -3, -2, -2, -1, -1, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 0, 0, -1, -1, -2, -2, -2,
  -3, -3, -2, -1, -1, -1, 0, 1, 2, 3, 3, 3, 3, 2, 2, 1, 1, 1, 0, 0, -2, -3, -3, -3,
  -4, -3, -2, -2, -1, -1, -1, 1, 2, 4, 4, 4, 3, 2, 2, 2, 2, 2, 1, 0, -2, -4, -4, -5,
  -4, -3, -2, -2, -3, -3, -1, -1, 2, 4, 6, 6, 5, 2, 2, 2, 2, 2, 1, 0, -2, -4, -6, -5,
)

/** Systematic difference FK5 - FK4 at one place. */
export interface CatalogDifference {
  /** Difference of right ascension times cos(declination), degrees. */
  readonly raCosDecDeg: number
  /** Difference of declination, degrees. */
  readonly decDeg: number
}

/**
 * FK5 - FK4 at a position (B1950, degrees, declination in [-90, 90]), interpolated linearly in both coordinates. At most
 * 0.33 arcsec, in the far south; a few hundredths in the north.
 */
export function fk5MinusFk4(raDeg: number, decDeg: number): CatalogDifference {
  const decIndex = Math.min(179, Math.max(0, Math.floor(decDeg + 90)))
  const decPart = decDeg + 90 - decIndex
  const zone = Math.min(17, Math.floor(decIndex / 10))
  const zonePart = (decDeg + 90) / 10 - zone
  const hours = raDeg / 15
  const hour = Math.floor(hours)
  const hourPart = hours - hour
  const at = zone * 24 + (((hour % 24) + 24) % 24)
  const next = zone * 24 + (((hour % 24) + 25) % 24)
  const inZone = (table: Int8Array): number => {
    const low = table[at]! + (table[next]! - table[at]!) * hourPart
    const high = table[at + 24]! + (table[next + 24]! - table[at + 24]!) * hourPart
    return low + (high - low) * zonePart
  }
  const onDec = (table: Int8Array): number =>
    table[decIndex]! + (table[decIndex + 1]! - table[decIndex]!) * decPart
  return {
    raCosDecDeg: ((onDec(RA_BY_DEC) + inZone(RA_BY_RA)) * 0.015) / 3600,
    decDeg: ((onDec(DEC_BY_DEC) + inZone(DEC_BY_RA)) * 0.01) / 3600,
  }
}
