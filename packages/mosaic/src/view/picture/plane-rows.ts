import { type Hdu, type PixelRegion, readImage } from '@skyloom/fits'
import type { PixelValues } from '../stretch/histogram.ts'

/** Values of one plane of an image, read some rows at a time. */
export interface PlaneRows {
  readonly width: number
  readonly height: number
  /** The values of some rows; valid until the next call. */
  readonly read: (firstRow: number, rowCount: number) => Promise<PixelValues>
}

/** Planes up to this size are kept in memory instead of being read again for each pass. */
const KEPT_BYTES = 256 * 2 ** 20
/** Bytes of values that are read at a time. */
const STRIP_BYTES = 8 * 2 ** 20

/** Which plane of an image is shown. */
export interface PlaneChoice {
  /** Index from 0 over all axes beyond the second; default 0. */
  readonly plane?: number
  /** Part of the plane; default all of it. */
  readonly region?: PixelRegion
  /** Planes up to this many bytes are kept in memory; default 256 MiB. */
  readonly keptBytes?: number
}

/** Rows of a plane of an HDU. Single precision is used for images that are stored so, unscaled. */
export function planeRows(
  hdu: Hdu,
  { plane = 0, region, keptBytes = KEPT_BYTES }: PlaneChoice = {},
): PlaneRows {
  const part = region ?? { col: 0, row: 0, width: hdu.shape.at(-1) ?? 0, height: hdu.shape.at(-2) ?? 1 }
  const { width, height } = part
  const isSingle = hdu.bitpix === -32 && !isScaled(hdu)
  const readRows = async (row: number, rowCount: number): Promise<PixelValues> => {
    const strip = { col: part.col, row: part.row + row, width, height: rowCount }
    return (await readImage(hdu, { as: isSingle ? 'float32' : 'float64', plane, region: strip })).data
  }
  if (width * height * (isSingle ? 4 : 8) > keptBytes) return { width, height, read: readRows }
  let kept: Promise<PixelValues> | undefined
  return {
    width,
    height,
    async read(row, rowCount) {
      kept ??= readRows(0, height)
      return (await kept).subarray(row * width, (row + rowCount) * width)
    },
  }
}

function isScaled({ header }: Hdu): boolean {
  const [scale, zero] = [header.get('BSCALE'), header.get('BZERO')]
  return (scale !== undefined && scale !== 1) || (zero !== undefined && zero !== 0)
}

/** Rows that are read at a time. */
export function stripRowCount({ width, height }: PlaneRows): number {
  return Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / 8 / Math.max(1, width))))
}
