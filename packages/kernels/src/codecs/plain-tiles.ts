import { unshuffleBytes } from './byte-shuffle.ts'
import type { CodecFunctions, DequantizeFloats } from './codec-functions.ts'
import { codecStatusNumber } from './codec-status.ts'
import { decodeHcompress } from './hcompress/hcompress-decode.ts'
import { decodePlio } from './plio/plio-decode.ts'
import { dequantize } from './quantize/dequantize.ts'
import { DITHERINGS } from './quantize/dither.ts'
import { decodeRice } from './rice/rice-decode.ts'
import { encodePlainRice } from './rice/rice-encode.ts'
import type { RiceBytePix } from './rice/rice-layout.ts'

type TileFunctions = Pick<
  CodecFunctions,
  | 'riceDecode'
  | 'riceEncode'
  | 'plioDecode'
  | 'hcompressDecode'
  | 'hcompressScratchBytes'
  | 'dequantizeF32'
  | 'dequantizeF64'
  | 'unshuffle'
  | 'storeIntegers'
>

/** The plain twins of the functions that decompress tiles, over `memory`. */
export function plainTileFunctions(memory: WebAssembly.Memory): TileFunctions {
  const bytes = (offset: number, length: number): Uint8Array => new Uint8Array(memory.buffer, offset, length)
  const integers = (offset: number, count: number): Int32Array => new Int32Array(memory.buffer, offset, count)
  return {
    riceDecode(source, sizeBytes, target, count, blockSize, bytePix) {
      const decoding = { blockSize, bytePix: bytePix as RiceBytePix }
      return codecStatusNumber(decodeRice(bytes(source, sizeBytes), decoding, integers(target, count)))
    },
    riceEncode(source, target, count, blockSize, bytePix) {
      const stream = encodePlainRice(integers(source, count), { blockSize, bytePix: bytePix as RiceBytePix })
      bytes(target, stream.length).set(stream)
      return stream.length
    },
    plioDecode: (source, sizeBytes, target, count) =>
      codecStatusNumber(decodePlio(bytes(source, sizeBytes), integers(target, count))),
    hcompressDecode: (source, sizeBytes, target, count, isSmoothed) =>
      codecStatusNumber(decodeHcompress(bytes(source, sizeBytes), isSmoothed !== 0, integers(target, count))),
    hcompressScratchBytes: () => 0,
    dequantizeF32: plainDequantize(memory, (offset, count) => new Float32Array(memory.buffer, offset, count)),
    dequantizeF64: plainDequantize(memory, (offset, count) => new Float64Array(memory.buffer, offset, count)),
    unshuffle(source, target, count, elementBytes) {
      const sizeBytes = count * elementBytes
      bytes(target, sizeBytes).set(unshuffleBytes(bytes(source, sizeBytes), elementBytes))
    },
    storeIntegers(source, target, count, elementBytes) {
      const from = integers(source, count)
      const view = new DataView(memory.buffer, target, count * elementBytes)
      for (let i = 0; i < count; i++) putInteger(view, i * elementBytes, elementBytes, from[i]!)
    },
  }
}

function plainDequantize(
  memory: WebAssembly.Memory,
  floats: (offset: number, count: number) => Float32Array | Float64Array,
): DequantizeFloats {
  return (source, target, first, count, scale, zero, dithering, seed, hasBlank, blank) => {
    dequantize(
      new Int32Array(memory.buffer, source, count),
      {
        scale,
        zero,
        dithering: DITHERINGS[dithering] ?? 'NO_DITHER',
        seed,
        blank: hasBlank === 0 ? undefined : blank,
      },
      floats(target, count),
      first,
    )
  }
}

function putInteger(view: DataView, at: number, size: number, value: number): void {
  if (size === 1) view.setUint8(at, Math.max(0, Math.min(255, value)))
  else if (size === 2) view.setInt16(at, Math.max(-32768, Math.min(32767, value)))
  else if (size === 4) view.setInt32(at, value)
  else view.setBigInt64(at, BigInt(value))
}
