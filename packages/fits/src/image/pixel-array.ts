import type { Bitpix } from '../hdu/hdu.ts'

/** Arrays in which pixels are given: physical values as floats, or the stored numbers in their own type. */
export type PixelArray = Float32Array | Float64Array | NativeArray

/** Arrays for stored numbers. The unsigned types stand for the conventions of FITS Standard 4.0, section 5.2.5. */
export type NativeArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** A new array for the stored numbers of an image. */
export function nativeArray(bitpix: Bitpix, isShifted: boolean, length: number): NativeArray {
  switch (bitpix) {
    case 8:
      return isShifted ? new Int8Array(length) : new Uint8Array(length)
    case 16:
      return isShifted ? new Uint16Array(length) : new Int16Array(length)
    case 32:
      return isShifted ? new Uint32Array(length) : new Int32Array(length)
    case 64:
      return isShifted ? new BigUint64Array(length) : new BigInt64Array(length)
    case -32:
      return new Float32Array(length)
    case -64:
      return new Float64Array(length)
  }
}
