import { SkyloomError } from '@skyloom/base'

/** Codes of errors that mosaic operations raise. */
export type MosaicErrorCode =
  | 'MOSAIC_NO_FILES'
  | 'MOSAIC_NO_IMAGES'
  | 'MOSAIC_NO_OVERLAP'
  | 'MOSAIC_BAD_OPTION'
  | 'MOSAIC_BAD_TEMPLATE'
  | 'MOSAIC_OUT_NOT_EMPTY'
  | 'MOSAIC_OUT_UNUSABLE'
  | 'MOSAIC_TOO_LARGE'
  | 'MOSAIC_MEMORY'

/** Error of a mosaic operation that cannot go on. */
export class MosaicError extends SkyloomError<MosaicErrorCode> {
  override readonly name = 'MosaicError'
}
