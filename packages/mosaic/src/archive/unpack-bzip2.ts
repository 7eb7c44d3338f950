import { MosaicError } from '../errors.ts'

/** Codes of a Huffman table are at most this long. */
const MAX_CODE_LENGTH = 20
const BLOCK_MAGIC = 0x314159265359
const END_MAGIC = 0x177245385090
/** Symbols that a Huffman table codes before the next is chosen. */
const GROUP_SYMBOLS = 50
const RUN_A = 0
const RUN_B = 1

/**
 * Unpacks a bzip2 file, also several in a row. Every block is held against its checksum.
 *
 * @param name shown in messages
 * @param maxBytes larger results are refused
 * @throws MosaicError `MOSAIC_BAD_ANSWER` for damaged or cut data, or more than `maxBytes`
 *
 * Source: the format as bzip2 1.0 writes it (Burrows-Wheeler transform, move to front, run lengths, Huffman codes).
 */
export function unpackBzip2(packed: Uint8Array, name: string, maxBytes: number): Uint8Array {
  const bits = new BitReader(packed, name)
  const parts: Uint8Array[] = []
  let size = 0
  while (!bits.isAtEnd()) {
    if (bits.read(24) !== 0x425a68) throw damaged(name, 'no bzip2 data')
    const level = bits.read(8) - 0x30
    if (level < 1 || level > 9) throw damaged(name, 'an unknown block size')
    let streamCrc = 0
    for (;;) {
      const magic = bits.read(24) * 2 ** 24 + bits.read(24)
      const crc = bits.read(32)
      if (magic === END_MAGIC) {
        if (crc !== streamCrc >>> 0) throw damaged(name, 'the checksum does not fit')
        break
      }
      if (magic !== BLOCK_MAGIC) throw damaged(name, 'a damaged block')
      const block = readBlock(bits, level * 100_000, name, maxBytes - size)
      if (crc32(block) !== crc) throw damaged(name, 'the checksum of a block does not fit')
      streamCrc = ((streamCrc << 1) | (streamCrc >>> 31)) ^ crc
      parts.push(block)
      size += block.length
    }
    bits.alignToByte()
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function damaged(name: string, found: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_ANSWER', 'bzip2 data cannot be unpacked', {
    where: [name],
    found,
    remedy: 'fetch the file again',
  })
}

class BitReader {
  readonly #bytes: Uint8Array
  readonly #name: string
  #at = 0
  #bit = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes
    this.#name = name
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  alignToByte(): void {
    if (this.#bit === 0) return
    this.#bit = 0
    this.#at++
  }

  /** Up to 32 bits, first bit highest. */
  read(count: number): number {
    let value = 0
    for (let left = count; left > 0; ) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw damaged(this.#name, 'the data end early')
      const here = Math.min(left, 8 - this.#bit)
      value = value * 2 ** here + ((byte >> (8 - this.#bit - here)) & ((1 << here) - 1))
      this.#bit += here
      left -= here
      if (this.#bit === 8) {
        this.#bit = 0
        this.#at++
      }
    }
    return value
  }
}

/** Tables for decoding codes of growing length. */
interface HuffmanTable {
  readonly symbols: Uint16Array
  /** By length: largest code, and what leads from a code to its symbol. */
  readonly limits: Int32Array
  readonly bases: Int32Array
}

function readBlock(bits: BitReader, blockBytes: number, name: string, maxBytes: number): Uint8Array {
  if (bits.read(1) !== 0) throw damaged(name, 'a randomized block, which no current program writes')
  const origin = bits.read(24)
  const used = readUsedBytes(bits)
  if (used.length === 0) throw damaged(name, 'a block without symbols')
  const symbolCount = used.length + 2
  const tableCount = bits.read(3)
  const selectors = readSelectors(bits, tableCount, name)
  const tables = Array.from({ length: tableCount }, () => readTable(bits, symbolCount, name))
  const sorted = new Uint32Array(blockBytes)
  const length = decodeSymbols(bits, { selectors, tables, used, name }, sorted)
  if (origin >= length) throw damaged(name, 'a block without its origin')
  return expandRuns(inverseTransform(sorted, length, origin), length, name, maxBytes)
}

function readUsedBytes(bits: BitReader): number[] {
  const groups = bits.read(16)
  const used: number[] = []
  for (let group = 0; group < 16; group++) {
    if ((groups & (0x8000 >> group)) === 0) continue
    const members = bits.read(16)
    for (let i = 0; i < 16; i++) if ((members & (0x8000 >> i)) !== 0) used.push(group * 16 + i)
  }
  return used
}

function readSelectors(bits: BitReader, tableCount: number, name: string): Uint8Array {
  if (tableCount < 2 || tableCount > 6) throw damaged(name, 'a wrong number of code tables')
  const selectors = new Uint8Array(bits.read(15))
  const order = Array.from({ length: tableCount }, (_, index) => index)
  for (let i = 0; i < selectors.length; i++) {
    let place = 0
    while (bits.read(1) === 1) if (++place >= tableCount) throw damaged(name, 'a wrong choice of code tables')
    const [table = 0] = order.splice(place, 1)
    order.unshift(table)
    selectors[i] = table
  }
  return selectors
}

function readTable(bits: BitReader, symbolCount: number, name: string): HuffmanTable {
  const lengths = new Uint8Array(symbolCount)
  let length = bits.read(5)
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_LENGTH) throw damaged(name, 'a code of impossible length')
      if (bits.read(1) === 0) break
      length += bits.read(1) === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  const symbols = Uint16Array.from(
    Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]! || a - b),
  )
  const limits = new Int32Array(MAX_CODE_LENGTH + 1).fill(-1)
  const bases = new Int32Array(MAX_CODE_LENGTH + 1)
  let code = 0
  let first = 0
  for (let size = 1; size <= MAX_CODE_LENGTH; size++) {
    const count = lengths.reduce((sum, each) => sum + (each === size ? 1 : 0), 0)
    bases[size] = first - code
    code += count
    first += count
    if (count > 0) limits[size] = code - 1
    code <<= 1
  }
  return { symbols, limits, bases }
}

interface SymbolCoding {
  readonly selectors: Uint8Array
  readonly tables: readonly HuffmanTable[]
  readonly used: readonly number[]
  readonly name: string
}

/** Huffman codes, runs of the front byte, and move to front; gives the number of bytes. */
function decodeSymbols(
  bits: BitReader,
  { selectors, tables, used, name }: SymbolCoding,
  into: Uint32Array,
): number {
  const front = Uint8Array.from(used)
  const endSymbol = used.length + 1
  let count = 0
  let run = 0
  let weight = 1
  for (let at = 0; ; at++) {
    const table = tables[selectors[Math.floor(at / GROUP_SYMBOLS)] ?? -1]
    if (table === undefined) throw damaged(name, 'more symbols than chosen code tables')
    const symbol = readSymbol(bits, table, name)
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight << symbol
      weight *= 2
      if (run > into.length) throw damaged(name, 'a run beyond the block')
      continue
    }
    if (run > 0) {
      if (count + run > into.length) throw damaged(name, 'a block that is too long')
      into.fill(front[0]!, count, count + run)
      count += run
      run = 0
      weight = 1
    }
    if (symbol === endSymbol) return count
    if (count >= into.length) throw damaged(name, 'a block that is too long')
    const byte = front[symbol - 1]!
    front.copyWithin(1, 0, symbol - 1)
    front[0] = byte
    into[count++] = byte
  }
}

function readSymbol(bits: BitReader, { symbols, limits, bases }: HuffmanTable, name: string): number {
  let code = 0
  for (let size = 1; size <= MAX_CODE_LENGTH; size++) {
    code = (code << 1) | bits.read(1)
    if (code <= limits[size]!) return symbols[bases[size]! + code]!
  }
  throw damaged(name, 'a code that is in no table')
}

/** The bytes before they were sorted; `sorted` gets the way through them in its upper bits. */
function inverseTransform(sorted: Uint32Array, length: number, origin: number): Uint8Array {
  const starts = new Uint32Array(256)
  for (let i = 0; i < length; i++) starts[sorted[i]!]!++
  let sum = 0
  for (let byte = 0; byte < 256; byte++) {
    const count = starts[byte]!
    starts[byte] = sum
    sum += count
  }
  for (let i = 0; i < length; i++) {
    const byte = sorted[i]! & 0xff
    const place = starts[byte]!++
    sorted[place] = sorted[place]! | (i << 8)
  }
  const bytes = new Uint8Array(length)
  let at = sorted[origin]! >>> 8
  for (let i = 0; i < length; i++) {
    const entry = sorted[at]!
    bytes[i] = entry & 0xff
    at = entry >>> 8
  }
  return bytes
}

/** Undoes the first coding: four equal bytes are followed by a count of further ones. */
function expandRuns(bytes: Uint8Array, length: number, name: string, maxBytes: number): Uint8Array {
  let size = 0
  let same = 0
  const walk = (take: (byte: number, count: number) => void): void => {
    same = 0
    for (let i = 0; i < length; i++) {
      const byte = bytes[i]!
      if (same === 4) {
        take(bytes[i - 1]!, byte)
        same = 0
        continue
      }
      take(byte, 1)
      same = i > 0 && same > 0 && byte === bytes[i - 1]! ? same + 1 : 1
    }
  }
  walk((_, count) => {
    size += count
  })
  if (size > maxBytes) throw damaged(name, `more than ${maxBytes} bytes`)
  const expanded = new Uint8Array(size)
  let at = 0
  walk((byte, count) => {
    expanded.fill(byte, at, at + count)
    at += count
  })
  return expanded
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  return crc >>> 0
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ byte) & 0xff]!
  return ~crc >>> 0
}
