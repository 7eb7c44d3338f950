import { type CelestialFrame, resolveFrame } from './frame.ts'
import { type PrecessionModel, rotationBetween } from './frame-rotation.ts'
import { type PositionConverter, positionConverter } from './position-converter.ts'
import { isIdentityRotation, rotateInPlace } from './sky-rotation.ts'

/** How to convert between frames. */
export interface FrameConverterOptions {
  /**
   * Precession of `fk5` equinoxes and of the `ecliptic`: `iau2006` (default, as astropy does; Capitaine et al. 2003) or
   * `iau1976`, the model FK5 was made with (they part by 0.3 arcsec a century from J2000).
   */
  readonly precession?: PrecessionModel
}

/** Converts positions from one celestial frame to another. */
export type FrameConverter = PositionConverter<CelestialFrame>

/**
 * Converter between two celestial frames.
 *
 * The way between the frames is the one of astropy: `fk4` - `fk4-no-e` - `fk5` - `icrs` - `ecliptic`, with `galactic` joined
 * to `fk5` by its J2000 pole and to `fk4-no-e` by its defining B1950 pole, `supergalactic` joined to `galactic`, and
 * `ecliptic-b` to `fk4`.
 *
 * Accuracy: agrees with astropy 5.2 to 1e-11 degree in all systems it has; from FK4 to FK5, ICRS and ecliptic to 1e-8 (7e-8 for equinoxes two
 * centuries away), because astropy precesses FK4 to the equinox of the target and back. Physically: ICRS to FK5 is limited
 * by FK5 itself (about 0.08 arcsec zonal), FK4 by its errors of 0.1 to 0.3 arcsec and, for stars, by proper motion.
 *
 * Source: FITS WCS Paper II, section 3.1; frame bias Mignard & Froeschle 2000, A&A 354, 732, in the form of USNO
 * Circular 179 (Kaplan 2005), section 3.5; FK4 to FK5 Murray 1989, A&A 218, 325, equations 28 and 29, as
 * Yallop et al. 1989 (AJ 97, 274) and Standish 1982 (A&A 115, 20) to within 0.001 arcsec at epoch B1950; galactic Blaauw et
 * al. 1960 (B1950 pole 192.25, 27.4, longitude of the north celestial pole 123) and Reid & Brunthaler 2004, ApJ 616, 872,
 * appendix (J2000 pole); supergalactic Lahav et al. 2000, MNRAS 312, 166 (pole at galactic 47.37, 6.32).
 */
export function frameConverter(
  from: CelestialFrame,
  to: CelestialFrame,
  options: FrameConverterOptions = {},
): FrameConverter {
  const rotation = rotationBetween(resolveFrame(from), resolveFrame(to), options.precession ?? 'iau2006')
  return positionConverter(
    from,
    to,
    isIdentityRotation(rotation)
      ? undefined
      : (lonDeg, latDeg, count) => rotateInPlace(rotation, lonDeg, latDeg, count),
  )
}
