import { type CodecKernels, codecStatus, DITHERINGS, ditherSeed } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import type { InflateTile } from '../gzip/inflate-tile.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { TileCoding, TileMethod } from './tile-layout.ts'
import { type TileRecord, type TileTable, tileLocation } from './tile-table.ts'

/** Offsets in the memory of the kernels, all multiples of 16. */
export interface TileMemory {
  /** Integers of one tile, 4 bytes each; also room for unpacked bytes before they are put in order. */
  readonly integers: number
  /** Pixels of one tile as a FITS file stores them, big-endian. */
  readonly stored: number
  /** Working memory. */
  readonly scratch: number
}

/** Everything that the tiles of one image have in common. */
export interface TileDecoding {
  readonly hdu: Hdu
  readonly table: TileTable
  readonly coding: TileCoding
  readonly inflate: InflateTile
}

/** Bytes of memory for tiles of `count` pixels, and where the parts begin if the memory begins at 0. */
export function tileMemory(
  kernels: CodecKernels,
  count: number,
): TileMemory & { readonly sizeBytes: number } {
  const room = Math.ceil(count / 2) * 16
  // Unpacked bytes may be 8 for each pixel, whatever ZBITPIX is.
  const scratchBytes = Math.max(room, kernels.hcompressScratchBytes(count))
  return { integers: 0, stored: room, scratch: 2 * room, sizeBytes: 2 * room + scratchBytes }
}

/**
 * Decodes one tile into `memory.stored`.
 *
 * @param source offset of the tile's bytes in the memory of the kernels; 8 readable bytes follow
 * @param count pixels of the tile
 * @param wanted how many of them are needed, from the first on; the others may stay undecoded
 * @throws FitsError `FITS_BAD_TILE`
 */
export function decodeTile(
  decoding: TileDecoding,
  kernels: CodecKernels,
  record: TileRecord,
  source: number,
  memory: TileMemory,
  count: number,
  wanted: number,
): void {
  const { coding } = decoding
  const pixelBytes = Math.abs(coding.bitpix) / 8
  const bytes = kernels.u8(source, record.sizeBytes)
  if (record.store !== 'compressed') {
    const plain = record.store === 'gzip' ? unpack(decoding, record, bytes, count) : bytes
    if (plain.length !== count * pixelBytes)
      throw wrongSize(decoding, record, plain.length, count * pixelBytes)
    kernels.u8(memory.stored, plain.length).set(plain)
  } else if (isByteMethod(coding.method)) {
    decodeBytes(decoding, kernels, record, coding.method, bytes, memory, count)
  } else {
    decodeIntegers(decoding, kernels, record, coding.method, source, record.sizeBytes, memory, count, wanted)
    storeTile(decoding, kernels, record, memory, wanted)
  }
}

type ByteMethod = Extract<TileMethod, 'GZIP_1' | 'GZIP_2' | 'NOCOMPRESS'>

function isByteMethod(method: TileMethod): method is ByteMethod {
  return method === 'GZIP_1' || method === 'GZIP_2' || method === 'NOCOMPRESS'
}

function decodeIntegers(
  decoding: TileDecoding,
  kernels: CodecKernels,
  record: TileRecord,
  method: Exclude<TileMethod, ByteMethod>,
  source: number,
  sizeBytes: number,
  memory: TileMemory,
  count: number,
  wanted: number,
): void {
  const { coding } = decoding
  let status: number
  if (method === 'RICE_1') {
    status = kernels.riceDecode(
      source,
      sizeBytes,
      memory.integers,
      wanted,
      coding.riceBlockSize,
      coding.riceBytePix,
    )
  } else if (method === 'PLIO_1') {
    status = kernels.plioDecode(source, sizeBytes, memory.integers, count)
  } else {
    const isSmoothed = coding.isSmoothed ? 1 : 0
    status = kernels.hcompressDecode(source, sizeBytes, memory.integers, count, isSmoothed, memory.scratch)
  }
  const word = codecStatus(status)
  if (word !== 'ok') throw badTile(decoding, record, `its ${method} stream is ${word}`)
  if (method === 'PLIO_1' && coding.plioShift !== 0) {
    const integers = kernels.i32(memory.integers, count)
    for (let i = 0; i < count; i++) integers[i]! += coding.plioShift
  }
}

/** GZIP_1, GZIP_2 and NOCOMPRESS: bytes of numbers, whose size follows from their count. */
function decodeBytes(
  decoding: TileDecoding,
  kernels: CodecKernels,
  record: TileRecord,
  method: ByteMethod,
  bytes: Uint8Array,
  memory: TileMemory,
  count: number,
): void {
  const { bitpix } = decoding.coding
  const plain = method === 'NOCOMPRESS' ? bytes : unpack(decoding, record, bytes, count)
  const size = plain.length / count
  const isQuantized = bitpix < 0 && record.scale !== undefined
  const isFine = isQuantized || bitpix > 0 ? [1, 2, 4, 8].includes(size) : size * 8 === -bitpix
  const expected = isQuantized ? 4 : Math.abs(bitpix) / 8
  if (!isFine || (size === 8 && expected !== 8))
    throw wrongSize(decoding, record, plain.length, expected * count)

  // In the order of the file, then in place; numbers of another size than ZBITPIX go by way of int32.
  const isDirect = !isQuantized && size * 8 === Math.abs(bitpix)
  const target = isDirect ? memory.stored : memory.scratch
  if (method === 'GZIP_2' && size > 1) {
    kernels.u8(memory.integers, plain.length).set(plain)
    kernels.unshuffle(memory.integers, target, count, size)
  } else {
    kernels.u8(target, plain.length).set(plain)
  }
  if (isDirect) return
  toIntegers(kernels, target, memory.integers, count, size)
  storeTile(decoding, kernels, record, memory, count)
}

/** Big-endian numbers of 1, 2 or 4 bytes as int32. */
function toIntegers(
  kernels: CodecKernels,
  source: number,
  target: number,
  count: number,
  size: number,
): void {
  if (size === 4) {
    kernels.swap4(source, target, count)
    return
  }
  const integers = kernels.i32(target, count)
  const bytes = kernels.u8(source, count * size)
  if (size === 1) integers.set(bytes)
  else for (let i = 0; i < count; i++) integers[i] = ((bytes[2 * i]! << 24) >> 16) | bytes[2 * i + 1]!
}

/** From int32 to what an uncompressed file would hold. */
function storeTile(
  decoding: TileDecoding,
  kernels: CodecKernels,
  record: TileRecord,
  memory: TileMemory,
  count: number,
): void {
  const { coding } = decoding
  if (coding.bitpix > 0) {
    kernels.storeIntegers(memory.integers, memory.stored, count, coding.bitpix / 8)
    return
  }
  if (record.scale === undefined) {
    throw badTile(decoding, record, `${coding.method} gives integers, and the image has floats but no ZSCALE`)
  }
  const isSingle = coding.bitpix === -32
  const run = isSingle ? kernels.dequantizeF32 : kernels.dequantizeF64
  run(
    memory.integers,
    memory.stored,
    count,
    record.scale,
    record.zero,
    DITHERINGS.indexOf(coding.dithering),
    ditherSeed(record.tile, coding.ditherStart),
    record.blank === undefined ? 0 : 1,
    record.blank ?? 0,
  )
  const swap = isSingle ? kernels.swap4 : kernels.swap8
  swap(memory.stored, memory.stored, count)
}

/** Largest pixel of any kind. */
const MAX_PIXEL_BYTES = 8

function unpack(decoding: TileDecoding, record: TileRecord, bytes: Uint8Array, count: number): Uint8Array {
  const plain = decoding.inflate(bytes, count * MAX_PIXEL_BYTES)
  if (plain !== undefined) return plain
  throw badTile(decoding, record, 'its gzip stream is damaged or too long')
}

/**
 * Decodes the mask of a tile and marks its pixels in `memory.stored` as without value: NaN in floats, BLANK in integers.
 *
 * Source: FITS Standard 4.0, section 10.2.2 (NULL_PIXEL_MASK).
 */
export function applyMask(
  decoding: TileDecoding,
  kernels: CodecKernels,
  record: TileRecord,
  source: number,
  memory: TileMemory,
  count: number,
): void {
  const { coding, hdu } = decoding
  if (record.mask === undefined) return
  const method = coding.maskMethod ?? coding.method
  const { sizeBytes } = record.mask
  if (isByteMethod(method)) {
    const bytes = kernels.u8(source, sizeBytes)
    const plain = method === 'NOCOMPRESS' ? bytes : unpack(decoding, record, bytes, count)
    if (plain.length !== count) throw wrongSize(decoding, record, plain.length, count)
    kernels.i32(memory.integers, count).set(plain)
  } else {
    decodeIntegers(decoding, kernels, record, method, source, sizeBytes, memory, count, count)
  }
  const pixelBytes = Math.abs(coding.bitpix) / 8
  const isBlank = kernels.i32(memory.integers, count)
  const stored = kernels.u8(memory.stored, count * pixelBytes)
  const pattern = blankPattern(hdu, coding)
  for (let i = 0; i < count; i++) if (isBlank[i] !== 0) stored.set(pattern, i * pixelBytes)
}

/** The stored bytes of a pixel without value. */
function blankPattern(hdu: Hdu, coding: TileCoding): Uint8Array {
  const size = Math.abs(coding.bitpix) / 8
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  if (coding.bitpix === -32) view.setFloat32(4, NaN)
  else if (coding.bitpix === -64) view.setFloat64(0, NaN)
  else view.setBigInt64(0, hdu.header.bigint('BLANK', hdu.header.bigint('ZBLANK', 0n)))
  return bytes.subarray(8 - size)
}

function badTile(decoding: TileDecoding, record: TileRecord, problem: string): FitsError {
  const location = tileLocation(decoding.hdu, decoding.table, record.tile)
  return new FitsError('FITS_BAD_TILE', location, `tile ${record.tile + 1} cannot be decoded: ${problem}`, {
    remedy: 'fetch the file again; the other tiles can be read by region',
  })
}

function wrongSize(decoding: TileDecoding, record: TileRecord, found: number, allowed: number): FitsError {
  const location = tileLocation(decoding.hdu, decoding.table, record.tile)
  return new FitsError('FITS_BAD_TILE', location, `tile ${record.tile + 1} has another size`, {
    found: `${found} bytes`,
    allowed: `${allowed} bytes`,
    remedy: 'fetch the file again; the other tiles can be read by region',
  })
}
