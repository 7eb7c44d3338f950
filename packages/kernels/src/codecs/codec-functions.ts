/** Reverses the bytes of `count` elements from `source` to `target`: the same offset, or blocks that do not overlap. */
export type SwapFunction = (source: number, target: number, count: number) => void

/**
 * Decodes `count` big-endian integers: `bzero + bscale * sample` in float64, rounded once to the target's type.
 * Where `hasBlank` is not 0, samples equal to `blank` become NaN. Blocks must not overlap.
 */
export type DecodeIntegers<Blank> = (
  source: number,
  target: number,
  count: number,
  bscale: number,
  bzero: number,
  hasBlank: number,
  blank: Blank,
) => void

/** Decodes `count` big-endian floats: `bzero + bscale * sample` in float64. Blocks must not overlap. */
export type DecodeFloats = (
  source: number,
  target: number,
  count: number,
  bscale: number,
  bzero: number,
) => void

/**
 * Turns quantized int32 from `first` to `count - 1` of a tile into floats as `Quantization` says; `dithering` is 0 for none, 1 and 2 for the
 * methods of these numbers. Blocks must not overlap.
 */
export type DequantizeFloats = (
  source: number,
  target: number,
  first: number,
  count: number,
  scale: number,
  zero: number,
  dithering: number,
  seed: number,
  hasBlank: number,
  blank: number,
) => void

/** Functions of the module `codecs`: offsets and counts in its own memory, nothing is checked. */
export interface CodecFunctions {
  readonly swap2: SwapFunction
  readonly swap4: SwapFunction
  readonly swap8: SwapFunction
  readonly u8ToF32: DecodeIntegers<number>
  readonly u8ToF64: DecodeIntegers<number>
  readonly i16ToF32: DecodeIntegers<number>
  readonly i16ToF64: DecodeIntegers<number>
  readonly i32ToF32: DecodeIntegers<number>
  readonly i32ToF64: DecodeIntegers<number>
  readonly i64ToF32: DecodeIntegers<bigint>
  readonly i64ToF64: DecodeIntegers<bigint>
  readonly f32ToF32: DecodeFloats
  readonly f32ToF64: DecodeFloats
  readonly f64ToF32: DecodeFloats
  readonly f64ToF64: DecodeFloats
  /** As `decodeRice`, to int32; gives the number of a status. 8 readable bytes must follow the stream; what they are does not matter. */
  riceDecode(
    source: number,
    sizeBytes: number,
    target: number,
    count: number,
    blockSize: number,
    bytePix: number,
  ): number
  /** As `encodePlainRice`, of int32; gives the length of the stream. The target must have `riceStreamBytes`. */
  riceEncode(source: number, target: number, count: number, blockSize: number, bytePix: number): number
  /** As `decodePlio`, to int32; gives the number of a status. */
  plioDecode(source: number, sizeBytes: number, target: number, count: number): number
  /** As `decodeHcompress`, to int32; gives the number of a status. 8 readable bytes must follow the stream. */
  hcompressDecode(
    source: number,
    sizeBytes: number,
    target: number,
    count: number,
    isSmoothed: number,
    scratch: number,
  ): number
  /** Bytes of `scratch` that {@link hcompressDecode} needs for a tile of `count` pixels. */
  hcompressScratchBytes(count: number): number
  readonly dequantizeF32: DequantizeFloats
  readonly dequantizeF64: DequantizeFloats
  /** Undoes the byte shuffle of GZIP_2 for `count` elements. Blocks must not overlap. */
  unshuffle(source: number, target: number, count: number, elementBytes: number): void
  /** Stores int32 as big-endian integers of 1 (unsigned), 2, 4 or 8 bytes; values beyond the range become its ends. */
  storeIntegers(source: number, target: number, count: number, elementBytes: number): void
}
