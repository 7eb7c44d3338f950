import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'

/** How far two mosaics are apart where both are. */
export interface MosaicDifference {
  /** Pixels that only one of them has. */
  readonly oneSided: number
  /** Largest difference of pixels that both have, data units. */
  readonly largest: number
  readonly pixels: number
}

interface Mosaic {
  readonly width: number
  readonly height: number
  readonly data: Float64Array
  readonly crpix: readonly [number, number]
}

/** Pixels at the edges of a template that cuts images off: input pixels that reach over the edge are dropped. */
const CUT_PIXELS = 2

/**
 * Compares two mosaics on one grid over the pixels of the smaller one, without its edges when it is smaller: where an area is higher than wide,
 * mMakeHdr of Montage makes the template two rows too small.
 */
export async function mosaicDifference(first: string, second: string): Promise<MosaicDifference> {
  const [a, b] = [await mosaicOf(first), await mosaicOf(second)]
  const [col, row] = [b.crpix[0] - a.crpix[0], b.crpix[1] - a.crpix[1]]
  if (!Number.isInteger(col) || !Number.isInteger(row))
    throw new Error(`${first} and ${second} are not on one grid: they are ${col} and ${row} pixels apart`)
  let [oneSided, largest, pixels] = [0, 0, 0]
  const [cutX, cutY] = [col === 0 ? 0 : CUT_PIXELS, row === 0 ? 0 : CUT_PIXELS]
  for (let y = Math.max(0, -row) + cutY; y < Math.min(a.height, b.height - row) - cutY; y++) {
    for (let x = Math.max(0, -col) + cutX; x < Math.min(a.width, b.width - col) - cutX; x++) {
      const p = a.data[y * a.width + x] ?? Number.NaN
      const q = b.data[(y + row) * b.width + x + col] ?? Number.NaN
      if (Number.isNaN(p) !== Number.isNaN(q)) oneSided++
      else if (!Number.isNaN(p)) {
        largest = Math.max(largest, Math.abs(p - q))
        pixels++
      }
    }
  }
  return { oneSided, largest, pixels }
}

async function mosaicOf(path: string): Promise<Mosaic> {
  await using file = await openFitsFile(path, { blocking: true })
  const hdu = await file.hdu(0)
  const { width, height, data } = await readImage(hdu, { as: 'float64' })
  return { width, height, data, crpix: [hdu.header.number('CRPIX1'), hdu.header.number('CRPIX2')] }
}
