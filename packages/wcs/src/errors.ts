import { type ErrorDetail, SkyloomError } from '@skyloom/base'

/** Codes of errors raised by this package, in groups by folder. */
export type WcsErrorCode =
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
export class WcsError extends SkyloomError {
  override readonly name = 'WcsError'
  declare readonly code: WcsErrorCode

  constructor(code: WcsErrorCode, problem: string, detail?: ErrorDetail) {
    super(code, problem, detail)
  }
}
