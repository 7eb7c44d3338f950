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
  /** A font that cannot be read. */
  | 'MOSAIC_BAD_FONT'
  /** An image or a set of images that cannot be shown. */
  | 'MOSAIC_NO_PICTURE'
  /** A survey registry that cannot be read. */
  | 'MOSAIC_BAD_SURVEYS'
  /** No survey, or no band of it, of this name. */
  | 'MOSAIC_UNKNOWN_SURVEY'
  /** A name of an object that is neither bundled nor known to the resolver. */
  | 'MOSAIC_UNKNOWN_OBJECT'
  /** An archive that cannot be reached, refuses, or stops to answer. */
  | 'MOSAIC_ARCHIVE_FAILED'
  /** An answer that is not what was asked for: a web page, half a file, an error in the form of a table. */
  | 'MOSAIC_BAD_ANSWER'
  /** A catalogue of stars that cannot be read. */
  | 'MOSAIC_BAD_CATALOG'
  /** A weight, variance or mask image, or a saturation keyword, that an image lacks. */
  | 'MOSAIC_NO_PARTNER'
  /** A weight, variance or mask image that does not fit its image. */
  | 'MOSAIC_BAD_PARTNER'

/** Error of a mosaic operation that cannot go on. */
export class MosaicError extends SkyloomError<MosaicErrorCode> {
  override readonly name = 'MosaicError'
}
