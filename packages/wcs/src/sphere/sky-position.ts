/** A direction on the sky, in whatever frame the context names. */
export interface SkyPosition {
  /** Longitude (right ascension, galactic longitude, ...) in degrees. */
  readonly lonDeg: number
  /** Latitude (declination, galactic latitude, ...) in degrees. */
  readonly latDeg: number
}
