import { dirname, join } from 'node:path'
import {
  isEmptyRegion,
  type OverlapImage,
  type OverlapOptions,
  overlapSums,
  type Region,
  uniteRegions,
} from '@skyloom/mosaic'
import { openSpillFile, type SpillFile } from '@skyloom/mosaic/node'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { areaName, outputBase } from '../image/area-name.ts'
import { writeStrips } from '../image/write-strips.ts'
import { type OutputGrid, partHeader } from './output-grid.ts'

/** How sums become pixels. */
export interface OverlapProduct {
  readonly output: string
  readonly grid: OutputGrid
  /** Write the whole grid instead of the smallest rectangle with data. */
  readonly isFullRegion: boolean
  /** Energy mode: the sums of values are the pixels, not divided by the areas. */
  readonly isFlux: boolean
  /** Factor of the sums of values in energy mode. */
  readonly fluxFactor: number
  /** Areas up to this are rounding; asked after each band. */
  readonly leastArea: () => number
  /** Turns the areas of a row, as they were summed, into steradians. */
  readonly toSteradians: (areas: Float64Array, col: number, row: number) => void
}

/** Pixels that are written at a time: 1 million, 16 MB with their areas. */
const STRIP_PIXELS = 1_000_000

/**
 * Spreads an image over a window of the output and writes the image and its areas.
 *
 * Memory: one band of the output; when there are several they wait in an unlinked file beside the product, because the size of the
 * product is known at the end.
 *
 * @throws MontageError `MONTAGE_NO_RESULT` when no pixel gets data, `MONTAGE_CANNOT_WRITE`
 */
export async function writeOverlaps(
  place: Place,
  image: OverlapImage,
  window: Region,
  pixelRatio: number,
  options: OverlapOptions,
  product: OverlapProduct,
): Promise<void> {
  const store = bandStore(pathOf(place, product.output))
  try {
    await overlapSums(image, window, pixelRatio, options, ({ region, sums }) => {
      finish(sums, region, product)
      store.put(region, sums, region.height === window.height)
    })
    const found = store.extent()
    if (isEmptyRegion(found)) throw blank(product.output)
    const { width, height } = product.grid
    const kept = product.isFullRegion ? { col: 0, row: 0, width, height } : found
    await write(place, product, kept, store)
  } finally {
    store.close()
  }
}

function blank(output: string): MontageError {
  const problem = 'All pixels are blank. Check for overlap of output template with image file.'
  return new MontageError('MONTAGE_NO_RESULT', problem, { where: [output] })
}

/** Turns pairs of sums into pairs of value and area. */
function finish(sums: Float64Array, region: Region, product: OverlapProduct): void {
  const { isFlux, fluxFactor, toSteradians } = product
  const leastArea = product.leastArea()
  const areas = new Float64Array(region.width)
  for (let row = 0; row < region.height; row++) {
    const line = sums.subarray(2 * row * region.width, 2 * (row + 1) * region.width)
    for (let k = 0; k < areas.length; k++) {
      const area = line[2 * k + 1]!
      const isGood = area > leastArea
      areas[k] = isGood ? area : 0
      const sum = line[2 * k]!
      line[2 * k] = !isGood ? Number.NaN : isFlux ? sum * fluxFactor : sum / area
    }
    toSteradians(areas, region.col, region.row + row)
    for (let k = 0; k < areas.length; k++) line[2 * k + 1] = areas[k]!
  }
}

/** Finished bands, in memory or on disk. */
interface BandStore {
  put(region: Region, pairs: Float64Array, isOnly: boolean): void
  /** The smallest rectangle with areas. */
  extent(): Region
  /** Pairs of one row of the output inside a band; undefined outside. */
  row(row: number): { readonly col: number; readonly pairs: Float64Array } | undefined
  close(): void
}

interface Band {
  readonly region: Region
  readonly pairs: Float64Array | undefined
  readonly offset: number
}

function bandStore(output: string): BandStore {
  const bands: Band[] = []
  const extents: Region[] = []
  let file: SpillFile | undefined
  return {
    put(region, pairs, isOnly) {
      extents.push(extentOf(region, pairs))
      if (isOnly) {
        bands.push({ region, pairs, offset: 0 })
        return
      }
      file ??= openSpillFile(join(dirname(output), `.skyloom-${process.pid}-${Date.now()}.bands`))
      const bytes = new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength)
      bands.push({ region, pairs: undefined, offset: file.append(bytes) })
    },
    extent: () => uniteRegions(extents),
    row(row) {
      const band = bands.find(({ region }) => row >= region.row && row < region.row + region.height)
      if (band === undefined) return undefined
      const count = 2 * band.region.width
      const start = count * (row - band.region.row)
      if (band.pairs !== undefined)
        return { col: band.region.col, pairs: band.pairs.subarray(start, start + count) }
      const pairs = new Float64Array(count)
      file?.read(new Uint8Array(pairs.buffer), band.offset + 8 * start)
      return { col: band.region.col, pairs }
    },
    close: () => file?.close(),
  }
}

function extentOf(region: Region, pairs: Float64Array): Region {
  let [left, right, bottom, top] = [Infinity, -1, Infinity, -1]
  for (let row = 0; row < region.height; row++) {
    for (let col = 0; col < region.width; col++) {
      if (!(pairs[2 * (row * region.width + col) + 1]! > 0)) continue
      left = Math.min(left, col)
      right = Math.max(right, col)
      bottom = Math.min(bottom, row)
      top = row
    }
  }
  return right < 0
    ? { col: region.col, row: region.row, width: 0, height: 0 }
    : {
        col: region.col + left,
        row: region.row + bottom,
        width: right - left + 1,
        height: top - bottom + 1,
      }
}

async function write(
  place: Place,
  { output, grid }: OverlapProduct,
  kept: Region,
  store: BandStore,
): Promise<void> {
  const base = outputBase(output)
  const paths = [`${base}.fits`, areaName(`${base}.fits`)]
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / kept.width))
  const cards = partHeader(grid, kept.col, kept.row)
  await writeStrips(place, paths, cards, kept, stripRows, (row, height) => {
    const values = new Float64Array(kept.width * height).fill(Number.NaN)
    const areas = new Float64Array(kept.width * height)
    for (let r = 0; r < height; r++) {
      const line = store.row(kept.row + row + r)
      if (line === undefined) continue
      const from = Math.max(line.col, kept.col)
      const end = Math.min(line.col + line.pairs.length / 2, kept.col + kept.width)
      for (let col = from; col < end; col++) {
        const at = 2 * (col - line.col)
        values[r * kept.width + col - kept.col] = line.pairs[at]!
        areas[r * kept.width + col - kept.col] = line.pairs[at + 1]!
      }
    }
    return Promise.resolve([values, areas])
  })
}
