import type { KeywordReader } from '../keywords/keyword-reader.ts'

/** Length of a pixel axis, undefined when unknown; for a compressed image that of the image, not of its table. */
export function readLength(
  header: KeywordReader,
  axis: number,
  given: readonly number[] | undefined,
): number | undefined {
  const length = header.number(`ZNAXIS${axis}`) ?? header.number(`NAXIS${axis}`) ?? given?.[axis - 1]
  return length !== undefined && Number.isSafeInteger(length) && length > 0 ? length : undefined
}
