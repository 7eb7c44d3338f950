import { type CodecKernels, codecStatus, DITHERINGS, ditherSeed } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import type { InflateTile } from '../gzip/inflate-tile.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { TileCoding, TileMethod } from './tile-layout.ts'
import { type TileRecord, type TileTable, tileLocation } from './tile-table.ts'

/** Everything that the tiles of one image have in common. */
export interface TileDecoding {
  readonly hdu: Hdu
  readonly table: TileTable
  readonly coding: TileCoding
  readonly inflate: InflateTile
}

/** Offsets in the memory of the kernels, all multiples of 16. */
export interface TileMemory {
  /** Integers of one tile, 4 bytes each; also room for unpacked bytes before they are put in order. */
  readonly integers: number
  /** Pixels of one tile as a FITS file stores them, big-endian. */
  readonly stored: number
  /** Working memory. */
  readonly scratch: number
}

/** One tile that is to be decoded. */
export interface TileTask {
  readonly kernels: CodecKernels
  readonly memory: TileMemory
  readonly record: TileRecord
  /** Offset of its bytes in the memory of the kernels; 8 readable bytes follow. */
  readonly source: number
  /** Pixels of the tile. */
  readonly count: number
  /** First pixel that is needed, and the one behind the last; others may stay undecoded. */
  readonly from: number
  readonly end: number
}

/** Bytes of memory for tiles of `count` pixels, and where the parts begin if the memory begins at 0. */
export function tileMemory(
  kernels: CodecKernels,
  count: number,
): TileMemory & { readonly sizeBytes: number } {
  // Unpacked bytes may be 8 for each pixel, whatever ZBITPIX is.
  const room = Math.ceil(count / 2) * 16
  const scratchBytes = Math.max(room, kernels.hcompressScratchBytes(count))
  return { integers: 0, stored: room, scratch: 2 * room, sizeBytes: 2 * room + scratchBytes }
}

/**
 * Decodes one tile into `memory.stored`.
 *
 * @throws FitsError `FITS_BAD_TILE`
 */
export function decodeTile(decoding: TileDecoding, task: TileTask): void {
  const { kernels, record, memory, count } = task
  const { method, bitpix } = decoding.coding
  if (record.store !== 'compressed') {
    const sizeBytes = (count * Math.abs(bitpix)) / 8
    const bytes = kernels.u8(task.source, record.sizeBytes)
    const plain = record.store === 'gzip' ? unpack(decoding, record, bytes, sizeBytes) : bytes
    if (plain.length !== sizeBytes) throw wrongSize(decoding, record, plain.length, sizeBytes)
    kernels.u8(memory.stored, sizeBytes).set(plain)
  } else if (isByteMethod(method)) {
    decodeBytes(decoding, task, method)
  } else {
    decodeIntegers(decoding, task, method, record.sizeBytes)
    storeIntegers(decoding, task)
  }
}

type ByteMethod = Extract<TileMethod, 'GZIP_1' | 'GZIP_2' | 'NOCOMPRESS'>
type IntegerMethod = Exclude<TileMethod, ByteMethod>

function isByteMethod(method: TileMethod): method is ByteMethod {
  return method === 'GZIP_1' || method === 'GZIP_2' || method === 'NOCOMPRESS'
}

/** RICE_1, PLIO_1 and HCOMPRESS_1: from the stream to `memory.integers`. */
function decodeIntegers(
  decoding: TileDecoding,
  task: TileTask,
  method: IntegerMethod,
  sizeBytes: number,
): void {
  const { kernels, record, source, memory, count } = task
  const { riceBlockSize, riceBytePix, isSmoothed, plioShift } = decoding.coding
  let status: number
  if (method === 'RICE_1') {
    status = kernels.riceDecode(source, sizeBytes, memory.integers, task.end, riceBlockSize, riceBytePix)
  } else if (method === 'PLIO_1') {
    status = kernels.plioDecode(source, sizeBytes, memory.integers, count)
  } else {
    const smooth = isSmoothed ? 1 : 0
    status = kernels.hcompressDecode(source, sizeBytes, memory.integers, count, smooth, memory.scratch)
  }
  const word = codecStatus(status)
  if (word !== 'ok') throw badTile(decoding, record, `its ${method} stream is ${word}`)
  if (method === 'PLIO_1' && plioShift !== 0) {
    const integers = kernels.i32(memory.integers, count)
    for (let i = 0; i < count; i++) integers[i]! += plioShift
  }
}

/** GZIP_1, GZIP_2 and NOCOMPRESS: bytes of numbers, whose size follows from their count. */
function decodeBytes(decoding: TileDecoding, task: TileTask, method: ByteMethod): void {
  const { kernels, record, memory, count } = task
  const { bitpix } = decoding.coding
  const bytes = kernels.u8(task.source, record.sizeBytes)
  const isQuantized = bitpix < 0 && record.scale !== undefined
  const expected = isQuantized ? 4 : Math.abs(bitpix) / 8
  const plain =
    method === 'NOCOMPRESS' ? bytes : unpack(decoding, record, bytes, count * Math.max(4, expected))
  const size = plain.length / count
  const isFine =
    size === expected || ((isQuantized || bitpix > 0) && (size === 1 || size === 2 || size === 4))
  if (!isFine) throw wrongSize(decoding, record, plain.length, expected * count)

  // Numbers of the size of ZBITPIX are those of an uncompressed file; others go by way of int32.
  const isDirect = !isQuantized && size === expected
  const target = isDirect ? memory.stored : memory.scratch
  if (method === 'GZIP_2' && size > 1) {
    kernels.u8(memory.integers, plain.length).set(plain)
    kernels.unshuffle(memory.integers, target, count, size)
  } else {
    kernels.u8(target, plain.length).set(plain)
  }
  if (isDirect) return
  widen(kernels, target, memory.integers, count, size)
  storeIntegers(decoding, task)
}

/** Big-endian numbers of 1, 2 or 4 bytes as int32. */
function widen(kernels: CodecKernels, source: number, target: number, count: number, size: number): void {
  if (size === 4) {
    kernels.swap4(source, target, count)
    return
  }
  const integers = kernels.i32(target, count)
  const bytes = kernels.u8(source, count * size)
  if (size === 1) integers.set(bytes)
  else for (let i = 0; i < count; i++) integers[i] = ((bytes[2 * i]! << 24) >> 16) | bytes[2 * i + 1]!
}

/** From `memory.integers` to what an uncompressed file would hold. */
function storeIntegers(decoding: TileDecoding, task: TileTask): void {
  const { kernels, record, memory, from, end } = task
  const { bitpix, method, dithering, ditherStart } = decoding.coding
  const pixelBytes = Math.abs(bitpix) / 8
  const first = memory.stored + from * pixelBytes
  if (bitpix > 0) {
    kernels.storeIntegers(memory.integers + from * 4, first, end - from, pixelBytes)
    return
  }
  if (record.scale === undefined) {
    throw badTile(decoding, record, `${method} gives integers, and the image has floats but no ZSCALE`)
  }
  const run = bitpix === -32 ? kernels.dequantizeF32 : kernels.dequantizeF64
  run(
    memory.integers,
    memory.stored,
    from,
    end,
    record.scale,
    record.zero,
    DITHERINGS.indexOf(dithering),
    ditherSeed(record.tile, ditherStart),
    record.blank === undefined ? 0 : 1,
    record.blank ?? 0,
  )
  const swap = bitpix === -32 ? kernels.swap4 : kernels.swap8
  swap(first, first, end - from)
}

function unpack(decoding: TileDecoding, record: TileRecord, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const plain = decoding.inflate(bytes, maxBytes)
  if (plain !== undefined) return plain
  throw badTile(decoding, record, 'its gzip stream is damaged or too long')
}

/**
 * Decodes the mask of a tile, whose bytes are at `task.source`, and marks its pixels in `memory.stored` as without
 * value: NaN in floats, BLANK in integers.
 *
 * Source: FITS Standard 4.0, section 10.2.2 (NULL_PIXEL_MASK, ZMASKCMP).
 *
 * @throws FitsError `FITS_BAD_TILE`
 */
export function applyMask(decoding: TileDecoding, task: TileTask): void {
  const { kernels, record, memory, count } = task
  const { coding, hdu } = decoding
  if (record.mask === undefined) return
  const method = coding.maskMethod ?? coding.method
  const { sizeBytes } = record.mask
  if (isByteMethod(method)) {
    const bytes = kernels.u8(task.source, sizeBytes)
    const plain = method === 'NOCOMPRESS' ? bytes : unpack(decoding, record, bytes, count)
    if (plain.length !== count) throw wrongSize(decoding, record, plain.length, count)
    kernels.i32(memory.integers, count).set(plain)
  } else {
    decodeIntegers(decoding, { ...task, from: 0, end: count }, method, sizeBytes)
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

const REMEDY = 'fetch the file again; the other tiles can be read by region'

function badTile(decoding: TileDecoding, record: TileRecord, problem: string): FitsError {
  const location = tileLocation(decoding.hdu, decoding.table, record.tile)
  return new FitsError('FITS_BAD_TILE', location, `tile ${record.tile + 1} cannot be decoded: ${problem}`, {
    remedy: REMEDY,
  })
}

function wrongSize(decoding: TileDecoding, record: TileRecord, found: number, allowed: number): FitsError {
  const location = tileLocation(decoding.hdu, decoding.table, record.tile)
  return new FitsError('FITS_BAD_TILE', location, `tile ${record.tile + 1} has another size`, {
    found: `${found} bytes`,
    allowed: `${allowed} bytes`,
    remedy: REMEDY,
  })
}
