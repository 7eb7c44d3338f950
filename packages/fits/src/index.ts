// Each group of exports stands alone, sorted by folder.

// whole files and HDUs
export { type CompressionReport, compressFits, uncompressFits } from './compress/compress-file.ts'
// compress
export { type CompressTableOptions, compressTable } from './compress/compress-table.ts'
export type { CompressedImageWriter } from './compress/compressed-image-writer.ts'
export { type ColumnMethod, isCompressedTable } from './compress/compressed-table-layout.ts'
export type { CompressionOptions, QuantizeOptions } from './compress/compression-options.ts'
export type { TileMethod } from './compress/tile-layout.ts'
export { uncompressedHeader } from './compress/uncompressed-header.ts'
export { uncompressedTable } from './compress/uncompressed-table.ts'
export {
  beginCompressedImage,
  type WriteCompressedImageOptions,
  writeCompressedImage,
} from './compress/write-compressed-image.ts'
export { copyHdu } from './copy/copy-hdu.ts'
export { checkDataInFile } from './copy/data-in-file.ts'
export {
  type CardDifference,
  type DiffOptions,
  diffFits,
  type FitsDifference,
  type HduDifference,
  type PixelDifference,
} from './diff/diff-fits.ts'
export {
  FITS_ERRORS,
  FitsError,
  type FitsErrorCode,
  type FitsLocation,
  type FitsWarning,
  type FitsWarningCode,
} from './errors.ts'
// groups
export {
  type GroupParameter,
  groupParameter,
  type RandomGroups,
  type ReadGroupsOptions,
  readGroups,
} from './groups/read-groups.ts'
// gzip
export type { DeflateTile } from './gzip/deflate-tile.ts'
export type { Gunzip } from './gzip/inflate.ts'
export type { InflateTile } from './gzip/inflate-tile.ts'
// hdu
export { FitsFile, type FitsFileOptions, type HduSelector } from './hdu/fits-file.ts'
export { FitsWriter, type FitsWriterOptions } from './hdu/fits-writer.ts'
export type { Bitpix, Hdu, HduType } from './hdu/hdu.ts'
export type { BeginHduOptions, HduWriter } from './hdu/hdu-writer.ts'
export { type OpenFitsOptions, openFits } from './hdu/open-fits.ts'
// header
export { BLOCK_BYTES, paddedBytes } from './header/block.ts'
export { CARD_CHARS, type Card, type CardType, type CardValue, type Complex } from './header/card.ts'
export { type FormatCardOptions, formatCard } from './header/format-card.ts'
export { formatHeader } from './header/format-header.ts'
export { Header, type HeaderOrigin } from './header/header.ts'
export { inheritHeader } from './header/inherit.ts'
export { parseCard } from './header/parse-card.ts'
export { parseHeaderRecords } from './header/parse-header.ts'
export { type HeaderAt, type ReadHeaderOptions, readHeaderAt } from './header/read-header.ts'
export { formatHeaderTemplate, parseHeaderTemplate } from './header/template.ts'
// http
export { type HttpSourceOptions, httpSource } from './http/http-source.ts'
export { writeCutout } from './image/cutout.ts'
// image
export type { ImageLayout } from './image/image-header.ts'
export type { ImageWriter } from './image/image-writer.ts'
export type { NativeArray, PixelArray } from './image/pixel-array.ts'
export {
  type Cube,
  type Image,
  type PixelForm,
  type PixelFormArray,
  type ReadCubeOptions,
  type ReadImageOptions,
  type ReadPixelsOptions,
  readCube,
  readImage,
  type StoredPixels,
} from './image/read-image.ts'
export type { PixelBox, PixelRegion } from './image/region.ts'
export { type WritablePlane, type WriteImageOptions, writeImage } from './image/write-image.ts'
export { type HduStatistics, hduStatistics } from './stats/hdu-statistics.ts'
// table
export type { AsciiFormat } from './table/ascii-format.ts'
export type { BinaryFormat, ElementCode } from './table/binary-format.ts'
export type { PlanOptions } from './table/column-plan.ts'
export type { AsciiColumn, BinaryColumn, ColumnScaling, FitsColumn } from './table/fits-column.ts'
export { type FitsTableReading, type ReadFitsTableOptions, readFitsTable } from './table/read-table.ts'
export { type FitsTableLayout, fitsTableLayout } from './table/table-layout.ts'
export { type BeginFitsTableOptions, beginFitsTable, type FitsTableWriter } from './table/table-writer.ts'
export { type WriteFitsTableOptions, writeFitsTable } from './table/write-table.ts'
// verify
export { FINDINGS, type Finding, type FindingCode, type Severity } from './verify/finding.ts'
export { type RepairReport, repairFits } from './verify/repair-fits.ts'
export { type VerifiedHdu, type VerifyOptions, type VerifyReport, verifyFits } from './verify/verify-fits.ts'
