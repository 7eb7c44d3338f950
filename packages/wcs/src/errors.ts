import { SkyloomError } from '@skyloom/base'

/** Codes of errors raised by this package, in groups by folder. */
export type WcsErrorCode =
  // keywords
  | 'WCS_BAD_VALUE'
  | 'WCS_NO_CELESTIAL_AXES'
  | 'WCS_AXIS_PAIR'
  | 'WCS_NO_PROJECTION'
  | 'WCS_UNKNOWN_PROJECTION'
  | 'WCS_MIXED_PROJECTIONS'
  | 'WCS_UNKNOWN_FRAME'
  | 'WCS_BAD_UNIT'
  | 'WCS_BAD_LATITUDE'
  // linear
  | 'WCS_NO_SCALE'
  | 'WCS_SINGULAR_MATRIX'
  | 'WCS_NOT_SEPARABLE'
  // projection, celestial
  | 'WCS_BAD_PARAMETER'
  | 'WCS_NO_POLE'
  // distortion
  | 'WCS_BAD_DISTORTION'
  // wcs, map
  | 'WCS_BAD_ARRAYS'
  | 'WCS_BAD_MAP'
  // frame
  | 'WCS_BAD_FRAME'
  // sphere
  | 'WCS_BAD_REGION'
  // healpix
  | 'WCS_BAD_HEALPIX'
  // moc
  | 'WCS_BAD_MOC'
  | 'WCS_TOO_LARGE'

/** Errors of coordinate systems, projections, regions and pixelisations of the sphere. */
export class WcsError extends SkyloomError<WcsErrorCode> {
  override readonly name = 'WcsError'
}
