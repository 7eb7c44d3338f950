import { throwIfAborted } from '@skyloom/base'
import type { CodecKernels } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import { type InflateTile, portableInflateTile } from '../gzip/inflate-tile.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { type DecodePixels, pixelDecoder } from '../image/decode.ts'
import { withKernels } from '../image/kernel-pool.ts'
import type { PixelArray } from '../image/pixel-array.ts'
import { boxPixelCount, hduLocation, type PixelBox } from '../image/region.ts'
import type { PixelScaling } from '../image/scaling.ts'
import { applyMask, decodeTile, type TileDecoding, type TileMemory, tileMemory } from './tile-decoder.ts'
import { readTileCoding, readTileGrid, type TileCoding, type TileGrid } from './tile-layout.ts'
import { readTileRecords, readTileTable, type TileRecord } from './tile-table.ts'

/** The tiles that a box of a compressed image needs: found and checked, but not yet decoded. */
export interface TileSelection {
  readonly box: PixelBox
  readonly grid: TileGrid
  readonly decoding: TileDecoding
  readonly records: readonly TileRecord[]
}

/**
 * Finds the tiles of a box and checks that they are there and that their streams can be as long as they claim,
 * so that nothing large is allocated for a damaged file.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION`, `FITS_UNKNOWN_COMPRESSION`, `FITS_BAD_VALUE`, `FITS_BAD_TILE`, `FITS_TRUNCATED`,
 *   `FITS_TOO_LARGE`
 */
export async function selectTiles(
  hdu: Hdu,
  box: PixelBox,
  signal: AbortSignal | undefined,
): Promise<TileSelection> {
  const grid = readTileGrid(hdu)
  const coding = readTileCoding(hdu)
  const table = readTileTable(hdu)
  const tiles = tilesOf(grid, box)
  checkTileSize(hdu, grid)
  const records = await readTileRecords(hdu, table, tiles, signal)
  checkPlausible(hdu, grid, coding, records)
  const inflate: InflateTile = hdu.inflateTile ?? portableInflateTile
  return { box, grid, decoding: { hdu, table, coding, inflate }, records }
}

/** Numbers of the tiles that a box touches, in ascending order. */
function tilesOf(grid: TileGrid, box: PixelBox): readonly number[] {
  let tiles = [0]
  for (let axis = grid.axes.length - 1; axis >= 0; axis--) {
    const size = grid.tileAxes[axis] ?? 1
    const start = box.start[axis] ?? 0
    const first = Math.floor(start / size)
    const last = Math.floor((start + (box.size[axis] ?? 1) - 1) / size)
    const count = grid.counts[axis] ?? 1
    tiles = tiles.flatMap((outer) =>
      Array.from({ length: last - first + 1 }, (_, index) => outer * count + first + index),
    )
  }
  return tiles
}

/** Largest tile that is decoded: with its working memory it stays below 2 GiB. */
const MAX_TILE_PIXELS = 2 ** 25

function checkTileSize(hdu: Hdu, grid: TileGrid): void {
  const count = tilePixels(grid)
  if (count <= MAX_TILE_PIXELS) return
  throw new FitsError('FITS_TOO_LARGE', hduLocation(hdu), 'the tiles are too large to be decoded', {
    found: `${grid.tileAxes.join(' x ')} pixels`,
    allowed: `${MAX_TILE_PIXELS} pixels`,
    remedy: 'compress the image again in smaller tiles',
  })
}

/**
 * Pixels that one byte of a stream can give at most. RICE_1: 3 bits for a block; gzip: 1032 bytes of pixels (the limit
 * of deflate); PLIO_1: 4095 pixels in 2 bytes. HCOMPRESS_1 has no limit, but large tiles without any detail are rare.
 */
function pixelsPerByte(coding: TileCoding, record: TileRecord): number {
  if (record.store === 'raw') return 1
  if (record.store === 'gzip') return 1032
  switch (coding.method) {
    case 'RICE_1':
      return Math.ceil((coding.riceBlockSize * 8) / 3)
    case 'PLIO_1':
      return 2048
    case 'HCOMPRESS_1':
      return 4096
    default:
      return 1032
  }
}

/** HCOMPRESS_1 tiles up to this size are believed, however short. */
const SMALL_TILE_PIXELS = 2 ** 22

function checkPlausible(hdu: Hdu, grid: TileGrid, coding: TileCoding, records: readonly TileRecord[]): void {
  const fullCount = tilePixels(grid)
  for (const record of records) {
    const possible = record.sizeBytes * pixelsPerByte(coding, record)
    if (fullCount <= possible) continue
    const count = boxPixelCount(tileBox(grid, record.tile))
    const isSmall =
      record.store === 'compressed' && coding.method === 'HCOMPRESS_1' && count <= SMALL_TILE_PIXELS
    if (count <= possible || isSmall) continue
    const location = { ...hduLocation(hdu), byteOffset: record.offset }
    throw new FitsError('FITS_BAD_TILE', location, `tile ${record.tile + 1} is too short for its size`, {
      found: `${record.sizeBytes} bytes`,
      allowed: `enough for ${count} pixels of ${record.store === 'compressed' ? coding.method : record.store}`,
      remedy: 'fetch the file again',
    })
  }
}

/** The pixels of one tile. */
export function tileBox(grid: TileGrid, tile: number): PixelBox {
  const { axes, tileAxes, counts } = grid
  const start: number[] = []
  const size: number[] = []
  let rest = tile
  for (let axis = 0; axis < axes.length; axis++) {
    const count = counts[axis] ?? 1
    const full = tileAxes[axis] ?? 1
    const first = (rest % count) * full
    start.push(first)
    size.push(Math.min(full, (axes[axis] ?? 1) - first))
    rest = Math.floor(rest / count)
  }
  return { start, size }
}

/**
 * Decodes the tiles of a selection into `out`, which is filled like an uncompressed image would be.
 *
 * @throws FitsError `FITS_BAD_TILE`, `FITS_TRUNCATED`
 */
export async function readTilesInto(
  out: PixelArray,
  selection: TileSelection,
  scaling: PixelScaling,
  as: 'float32' | 'float64' | 'native',
  signal: AbortSignal | undefined,
): Promise<void> {
  const decode = pixelDecoder(selection.decoding.coding.bitpix, scaling, as)
  const isLarge = tilePixels(selection.grid) > LARGE_TILE_PIXELS
  await withKernels((kernels) => readBatches(kernels, out, selection, decode, signal), isLarge)
}

/** Tiles above this size take more memory than is kept for the next read. */
const LARGE_TILE_PIXELS = 2 ** 18

/** Pixels of a tile that is not cut off at an edge. */
function tilePixels(grid: TileGrid): number {
  return grid.tileAxes.reduce((product, size) => product * size, 1)
}

/** Bytes of streams read at once, unless a single one is longer. */
const BATCH_BYTES = 1024 * 1024
/** Gaps between streams up to this size are read and thrown away. */
const MAX_GAP_BYTES = 64 * 1024
/** Decoders look a little beyond the end of a stream. */
const LOOK_AHEAD_BYTES = 16

/** Streams that are read with one call. */
interface Batch {
  readonly offset: number
  readonly end: number
  readonly records: readonly TileRecord[]
}

function* batchesOf(records: readonly TileRecord[]): Generator<Batch, void, undefined> {
  const sorted = records.toSorted((a, b) => a.offset - b.offset)
  for (let start = 0; start < sorted.length; ) {
    const offset = sorted[start]?.offset ?? 0
    let end = offset
    let next = start
    for (; next < sorted.length; next++) {
      const record = sorted[next]
      if (record === undefined) break
      const recordEnd = record.offset + record.sizeBytes
      const isFar = record.offset - end > MAX_GAP_BYTES || recordEnd - offset > BATCH_BYTES
      if (next > start && isFar) break
      end = Math.max(end, recordEnd)
    }
    yield { offset, end, records: sorted.slice(start, next) }
    start = next
  }
}

/** Reads batch after batch into two buffers in turn: while the tiles of one are decoded the next is on its way. */
async function readBatches(
  kernels: CodecKernels,
  out: PixelArray,
  selection: TileSelection,
  decode: DecodePixels,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { decoding, records, grid } = selection
  const { hdu, coding } = decoding
  const room = tileMemory(kernels, tilePixels(grid))
  const streamBytes = paddedLength(
    records.reduce((most, each) => Math.max(most, each.sizeBytes), BATCH_BYTES),
  )
  const maskBytes = paddedLength(records.reduce((most, { mask }) => Math.max(most, mask?.sizeBytes ?? 0), 0))
  const first = kernels.reserve(2 * streamBytes + maskBytes + room.sizeBytes)
  const masks = first + 2 * streamBytes
  const base = masks + maskBytes
  const memory: TileMemory = {
    integers: base + room.integers,
    stored: base + room.stored,
    scratch: base + room.scratch,
  }
  const load = async (target: number, offset: number, length: number): Promise<void> => {
    const got = await hdu.source.readInto(kernels.u8(target, length), offset, signal)
    if (got < length) throw shortRead(hdu, offset + length)
  }

  const batches = batchesOf(records)
  let batch = batches.next().value
  let buffer = first
  let loading = batch === undefined ? undefined : load(buffer, batch.offset, batch.end - batch.offset)
  while (batch !== undefined) {
    await loading
    throwIfAborted(signal)
    const next = batches.next().value
    const nextBuffer = buffer === first ? first + streamBytes : first
    loading = next === undefined ? undefined : load(nextBuffer, next.offset, next.end - next.offset)
    // Its failure is met by the await of the next turn; until then it must not count as unhandled.
    loading?.catch(() => undefined)
    for (const record of batch.records) {
      const part = tilePart(selection, record.tile)
      const { count, from, end } = part
      const task = { kernels, memory, record, count, from, end }
      decodeTile(decoding, { ...task, source: buffer + record.offset - batch.offset })
      if (record.mask !== undefined) {
        await load(masks, record.mask.offset, record.mask.sizeBytes)
        applyMask(decoding, { ...task, source: masks })
      }
      putTile(kernels, decode, memory, part, out, Math.abs(coding.bitpix) / 8)
    }
    batch = next
    buffer = nextBuffer
  }
}

/** Room for a stream and for what a decoder looks at beyond it. */
function paddedLength(sizeBytes: number): number {
  return Math.ceil((sizeBytes + LOOK_AHEAD_BYTES) / 16) * 16
}

function shortRead(hdu: Hdu, neededBytes: number): FitsError {
  const location = { ...hduLocation(hdu), byteOffset: hdu.source.sizeBytes }
  return new FitsError('FITS_TRUNCATED', location, 'the file ends inside the compressed image', {
    found: `${hdu.source.sizeBytes} bytes`,
    allowed: `at least ${neededBytes} bytes`,
    remedy: 'fetch the file again',
  })
}

/** What a box needs of one tile: rows of `runLength` pixels, `outer` of them along the further axes. */
interface TilePart {
  readonly count: number
  /** The pixel behind the last one that is needed. */
  readonly end: number
  readonly runLength: number
  /** First pixel in the tile and in the output. */
  readonly from: number
  readonly to: number
  readonly outer: readonly number[]
  readonly fromStrides: readonly number[]
  readonly toStrides: readonly number[]
}

function tilePart(selection: TileSelection, tile: number): TilePart {
  const { box, grid } = selection
  const own = tileBox(grid, tile)
  let count = 1
  let outCount = 1
  let from = 0
  let to = 0
  let last = 0
  let runLength = 1
  // Axes that both the tile and the box have whole make one long run; further ones are walked.
  let isRun = true
  const outer: number[] = []
  const fromStrides: number[] = []
  const toStrides: number[] = []
  for (let axis = 0; axis < own.size.length; axis++) {
    const length = own.size[axis] ?? 1
    const tileStart = own.start[axis] ?? 0
    const boxStart = box.start[axis] ?? 0
    const boxSize = box.size[axis] ?? 1
    const first = Math.max(tileStart, boxStart)
    const size = Math.min(tileStart + length, boxStart + boxSize) - first
    from += (first - tileStart) * count
    to += (first - boxStart) * outCount
    last += (first - tileStart + size - 1) * count
    isRun = axis === 0 || (isRun && runLength === count && runLength === outCount)
    if (isRun) {
      runLength *= size
    } else {
      outer.push(size)
      fromStrides.push(count)
      toStrides.push(outCount)
    }
    count *= length
    outCount *= boxSize
  }
  return { count, end: last + 1, runLength, from, to, outer, fromStrides, toStrides }
}

function putTile(
  kernels: CodecKernels,
  decode: DecodePixels,
  memory: TileMemory,
  part: TilePart,
  out: PixelArray,
  pixelBytes: number,
): void {
  const index = part.outer.map(() => 0)
  let { from, to } = part
  for (;;) {
    decode(kernels, memory.stored + from * pixelBytes, memory.scratch, part.runLength, out, to)
    let axis = 0
    for (; axis < index.length; axis++) {
      const length = part.outer[axis] ?? 1
      const fromStride = part.fromStrides[axis] ?? 0
      const toStride = part.toStrides[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < length) {
        index[axis] = next
        from += fromStride
        to += toStride
        break
      }
      index[axis] = 0
      from -= fromStride * (length - 1)
      to -= toStride * (length - 1)
    }
    if (axis === index.length) return
  }
}
