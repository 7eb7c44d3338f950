import { type Hdu, type ImageLayout, type PixelForm, readCube } from '@skyloom/fits'

/** How pixels are read and written so that the stored numbers come out as they went in. */
export interface StoredForm {
  readonly as: PixelForm
  /** Type and scaling for the file that is written. */
  readonly layout: Omit<ImageLayout, 'shape'>
  /** Stored number without data, of integer images. */
  readonly blank: number | undefined
}

/** The form of an image. Scaled integers go by way of float64, which gives them back exactly up to 2^53. */
export async function storedForm(hdu: Hdu): Promise<StoredForm> {
  const { bitpix, bscale, bzero, blank, data } = await readCube(hdu, {
    as: 'native',
    size: hdu.shape.map(() => 1),
  })
  const isUnsigned = data instanceof Uint16Array || data instanceof Uint32Array
  const isShifted = isUnsigned || data instanceof BigUint64Array || data instanceof Int8Array
  const isPlain = isShifted || (bscale === 1 && bzero === 0)
  const stored = blank === undefined ? undefined : Number(blank)
  return {
    as: isPlain ? 'native' : 'float64',
    layout: { bitpix, bscale, bzero, ...(stored === undefined ? {} : { blank: stored }) },
    blank: stored === undefined || !isShifted ? stored : stored + bzero,
  }
}
