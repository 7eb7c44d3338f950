import type { FitsLocation } from '../errors.ts'
import { type BitReader, bitReader } from './bit-reader.ts'
import { crcOf } from './bzip2-crc.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { huffmanDecoder } from './huffman.ts'
import { badPacking, unpackedTooLarge } from './unpack-error.ts'

/** First 48 bits of a block, and of the end of a stream: digits of pi and of its square root, read in two halves. */
const BLOCK_MAGIC = [0x314159, 0x265359] as const
const END_MAGIC = [0x177245, 0x385090] as const

const RUN_A = 0
const RUN_B = 1
/** Symbols that are coded with one table. */
const GROUP_SYMBOLS = 50
const MAX_SELECTORS = 18_002

/**
 * Unpacks bzip2, one stream or several one after the other. The checksums of all blocks and streams are checked.
 *
 * @throws FitsError `FITS_BAD_PACKING`, `FITS_TOO_LARGE`
 */
export function bunzip2(packed: Uint8Array, maxBytes: number, location: FitsLocation): Uint8Array {
  const out = new GrowingBytes(maxBytes, packed.length * 4)
  const bits = bitReader(packed)
  let isFirst = true
  while (isFirst || bits.bytesLeft() >= 4) {
    readStream(bits, out, maxBytes, location)
    bits.alignToByte()
    isFirst = false
  }
  return out.bytes()
}

function readStream(bits: BitReader, out: GrowingBytes, maxBytes: number, location: FitsLocation): void {
  const level = bits.read(24) === 0x425a68 ? bits.read(8) - 0x30 : 0
  if (level < 1 || level > 9) throw badPacking(location, 'no bzip2 head')
  let streamCrc = 0
  for (;;) {
    const magic = [bits.read(24), bits.read(24)]
    const crc = readCrc(bits)
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      if (crc !== streamCrc || bits.isPastEnd()) throw badPacking(location, 'a wrong checksum of the stream')
      return
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1])
      throw badPacking(location, 'no block head')
    const start = out.length
    expandBlock(readBlock(bits, level * 100_000, location), out, maxBytes, location)
    if (crcOf(out.bytes().subarray(start)) !== crc) throw badPacking(location, 'a wrong checksum of a block')
    streamCrc = (((streamCrc << 1) | (streamCrc >>> 31)) ^ crc) >>> 0
  }
}

function readCrc(bits: BitReader): number {
  return ((bits.read(16) << 16) | bits.read(16)) >>> 0
}

/** The last column of the sorted rotations, and where the text begins in it. */
interface SortedBlock {
  readonly symbols: Uint8Array
  readonly start: number
}

function readBlock(bits: BitReader, maxSymbols: number, location: FitsLocation): SortedBlock {
  // Randomised blocks were written by versions before 0.9.5 only.
  if (bits.read(1) !== 0) throw badPacking(location, 'a randomised block of an old version of bzip2')
  const start = bits.read(24)
  const used = readUsedBytes(bits)
  if (used.length === 0) throw badPacking(location, 'a block without symbols')
  const tableCount = bits.read(3)
  const selectorCount = bits.read(15)
  if (tableCount < 2 || tableCount > 6 || selectorCount < 1 || selectorCount > MAX_SELECTORS) {
    throw badPacking(location, `${tableCount} tables, ${selectorCount} selectors`)
  }
  const selectors = readSelectors(bits, tableCount, selectorCount, location)
  const alphabet = used.length + 2
  const decoders = Array.from({ length: tableCount }, () =>
    huffmanDecoder(readLengths(bits, alphabet, location)),
  )
  const symbols = new Uint8Array(maxSymbols)
  let count = 0
  let run = 0
  let runBit = 1
  for (let index = 0; ; index++) {
    const decoder = decoders[selectors[Math.floor(index / GROUP_SYMBOLS)] ?? -1]
    const symbol = decoder?.(bits) ?? -1
    if (symbol < 0 || bits.isPastEnd()) throw badPacking(location, 'no such code')
    if (symbol === RUN_A || symbol === RUN_B) {
      // Runs of the front symbol are numbers to the base 2 with the digits 1 and 2.
      run += runBit * (symbol + 1)
      runBit *= 2
      if (run > maxSymbols) throw badPacking(location, 'a run beyond the block')
      continue
    }
    if (count + run > maxSymbols) throw badPacking(location, 'more symbols than the block holds')
    symbols.fill(used[0] ?? 0, count, count + run)
    count += run
    run = 0
    runBit = 1
    if (symbol === alphabet - 1) break
    if (count >= maxSymbols) throw badPacking(location, 'more symbols than the block holds')
    const byte = used[symbol - 1] ?? 0
    used.copyWithin(1, 0, symbol - 1)
    used[0] = byte
    symbols[count++] = byte
  }
  if (start >= count) throw badPacking(location, 'a text that begins outside its block')
  return { symbols: symbols.subarray(0, count), start }
}

/** The bytes that occur, in order. */
function readUsedBytes(bits: BitReader): Uint8Array {
  const groups = bits.read(16)
  const used: number[] = []
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue
    const members = bits.read(16)
    for (let member = 0; member < 16; member++) {
      if (((members >> (15 - member)) & 1) !== 0) used.push(16 * group + member)
    }
  }
  return Uint8Array.from(used)
}

/** Which table codes each group of symbols: move-to-front numbers in unary. */
function readSelectors(
  bits: BitReader,
  tableCount: number,
  count: number,
  location: FitsLocation,
): Uint8Array {
  const order = Uint8Array.from({ length: tableCount }, (_, index) => index)
  const selectors = new Uint8Array(count)
  for (let index = 0; index < count; index++) {
    let position = 0
    while (bits.read(1) === 1) {
      if (++position >= tableCount) throw badPacking(location, 'no such table')
    }
    const table = order[position] ?? 0
    order.copyWithin(1, 0, position)
    order[0] = table
    selectors[index] = table
  }
  return selectors
}

/** Lengths of the codes of a table: each is the one before, changed by steps of one. */
function readLengths(bits: BitReader, count: number, location: FitsLocation): Uint8Array {
  const lengths = new Uint8Array(count)
  let length = bits.read(5)
  for (let symbol = 0; symbol < count; symbol++) {
    while (bits.read(1) === 1) {
      length += bits.read(1) === 0 ? 1 : -1
      if (length < 1 || length > 20) break
    }
    if (length < 1 || length > 20) throw badPacking(location, `a code of ${length} bits`)
    lengths[symbol] = length
  }
  return lengths
}

/** Undoes the sorting of the rotations, then the runs: four equal bytes are followed by a count of more. */
function expandBlock(block: SortedBlock, out: GrowingBytes, maxBytes: number, location: FitsLocation): void {
  const { symbols, start } = block
  const next = nextInText(symbols)
  let at = next[start] ?? 0
  let run = 0
  let previous = -1
  for (let count = 0; count < symbols.length; count++) {
    const byte = symbols[at]!
    at = next[at]!
    const isCount = run === 4
    if (!out.reserve(isCount ? byte : 1)) throw unpackedTooLarge(location, maxBytes)
    if (isCount) {
      for (let more = 0; more < byte; more++) out.push(previous)
      run = 0
      previous = -1
    } else {
      out.push(byte)
      run = byte === previous ? run + 1 : 1
      previous = byte
    }
  }
}

/** For each symbol of the last column the place of the one that follows it in the text. */
function nextInText(symbols: Uint8Array): Uint32Array {
  const places = new Uint32Array(257)
  for (const symbol of symbols) places[symbol + 1]!++
  for (let symbol = 0; symbol < 256; symbol++) places[symbol + 1]! += places[symbol]!
  const next = new Uint32Array(symbols.length)
  for (let index = 0; index < symbols.length; index++) next[places[symbols[index]!]!++] = index
  return next
}
