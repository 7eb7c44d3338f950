import { adjacencyOf, eliminationOrder, type NodePlaces } from './elimination-order.ts'
import type { PairSystem } from './pair-system.ts'

/** The factor of a system of pair blocks, ready to solve. */
export interface SparseFactor {
  /** Puts the solution for a right side into `output`; unknowns of fixed images are 0. */
  readonly solve: (rightSide: Float64Array, output: Float64Array) => void
}

/** Limits of a factor. */
export interface FactorOptions {
  /** A factor of more blocks is not made; default: 12 million, which take about 1 GB for planes. */
  readonly maxBlocks?: number
}

const MAX_BLOCKS = 12_000_000
/** Pivots below this fraction of what stood there mean that nothing determines the unknown; it is left 0. */
const RELATIVE_PIVOT = 1e-14

/** Rows of each column of the factor, ascending, the diagonal first: those of column j from `start[j]` to `start[j + 1]`. */
interface FactorShape {
  /** Image of each column. */
  readonly imageOf: Int32Array
  /** Column of each image. */
  readonly columnOf: Int32Array
  readonly start: Int32Array
  readonly rows: Int32Array
}

/**
 * Cholesky factor of a system of pair blocks, images eliminated by nested dissection. Each group of images must have one that is
 * fixed, or its common correction is not determined and is chosen by rounding.
 *
 * A plane is solved for as its level at the centre of its image and its slopes, in this order: then what a thin overlap does not tell
 * is a slope, which becomes 0, and rounding is that of one image instead of that of the whole mosaic.
 *
 * @param order unknowns of an image: 3 for planes (a, b, c), 1 for levels
 * @param places centres of the images, in the coordinates of the planes
 * @returns undefined when the factor would be too large
 *
 * Cost: about n^1.5 for n images that overlap their neighbours; 10,000 images with 60,000 overlaps take 55 million block updates.
 * Source: left-looking factorization, Davis, Direct Methods for Sparse Linear Systems (2006), chapter 4.
 */
export function factorPairs(
  system: PairSystem,
  order: number,
  places: NodePlaces,
  { maxBlocks = MAX_BLOCKS }: FactorOptions = {},
): SparseFactor | undefined {
  const shape = factorShape(system, places, maxBlocks)
  if (shape === undefined) return undefined
  const values = assembleColumns(system, shape, order, places)
  factorize(shape, values, order)
  const solve: SparseFactor['solve'] = (rightSide, output) => {
    const work = order === 3 ? localPull(rightSide, places) : rightSide.slice()
    solveFactor(shape, values, order, work)
    if (order === 3) commonPlanes(work, places, output)
    else output.set(work)
    system.isFixed.forEach((fixed, image) => {
      if (fixed === 1) output.fill(0, image * order, (image + 1) * order)
    })
  }
  return { solve }
}

function factorShape(
  { plus, minus, isFixed }: PairSystem,
  places: NodePlaces,
  maxBlocks: number,
): FactorShape | undefined {
  const count = isFixed.length
  const adjacency = adjacencyOf(count, plus, minus)
  const imageOf = eliminationOrder(adjacency, places)
  const columnOf = new Int32Array(count)
  imageOf.forEach((image, column) => (columnOf[image] = column))
  const columns: Int32Array[] = []
  // The columns whose first row below the diagonal is this one: their rows are passed on to it.
  const children: number[][] = Array.from({ length: count }, () => [])
  const seen = new Int32Array(count).fill(-1)
  let blocks = 0
  for (let column = 0; column < count; column++) {
    const rows: number[] = []
    const add = (row: number): void => {
      if (row < column || seen[row] === column) return
      seen[row] = column
      rows.push(row)
    }
    add(column)
    const image = imageOf[column]!
    for (let k = adjacency.start[image]!; k < adjacency.start[image + 1]!; k++)
      add(columnOf[adjacency.neighbours[k]!]!)
    for (const child of children[column]!) columns[child]?.forEach(add)
    const sorted = Int32Array.from(rows).sort()
    columns.push(sorted)
    const parent = sorted[1]
    if (parent !== undefined) children[parent]!.push(column)
    blocks += sorted.length
    if (blocks > maxBlocks) return undefined
  }
  const start = new Int32Array(count + 1)
  columns.forEach((rows, column) => (start[column + 1] = start[column]! + rows.length))
  const rows = new Int32Array(blocks)
  columns.forEach((own, column) => rows.set(own, start[column]))
  return { imageOf, columnOf, start, rows }
}

/** The matrix in the places of its factor. Rows and columns of fixed images are those of the unit matrix. */
function assembleColumns(
  { plus, minus, blocks, isFixed }: PairSystem,
  { columnOf, start, rows }: FactorShape,
  order: number,
  places: NodePlaces,
): Float64Array {
  const square = order * order
  const values = new Float64Array(rows.length * square)
  const addTo = (at: number, block: Float64Array, sign: number): void => {
    for (let i = 0; i < square; i++) values[at * square + i]! += sign * block[i]!
  }
  for (let pair = 0; pair < plus.length; pair++) {
    const block = blocks.subarray(pair * square, (pair + 1) * square)
    const between = (rowImage: number, columnImage: number): Float64Array =>
      order === 3 ? localBlock(block, places, rowImage, columnImage) : block
    const ends = [plus[pair]!, minus[pair]!]
    const free = ends.filter((image) => isFixed[image] === 0)
    for (const image of free) addTo(start[columnOf[image]!]!, between(image, image), 1)
    const [a, b] = free
    if (a === undefined || b === undefined) continue
    const [columnImage, rowImage] = columnOf[a]! < columnOf[b]! ? [a, b] : [b, a]
    const column = columnOf[columnImage]!
    const at = placeOfRow(rows, start[column]!, start[column + 1]!, columnOf[rowImage]!)
    addTo(at, between(rowImage, columnImage), -1)
  }
  isFixed.forEach((fixed, image) => {
    if (fixed === 0) return
    for (let i = 0; i < order; i++) values[start[columnOf[image]!]! * square + i * (order + 1)] = 1
  })
  return values
}

/** The planes (a, b, c) that level and slopes (level, a, b) of one image stand for: row-major, for a centre at (x, y). */
function localBasis(x: number, y: number): readonly number[] {
  return [0, 1, 0, 0, 0, 1, 1, -x, -y]
}

/** A block for planes as a block between the levels and slopes of two images. */
function localBlock(
  block: Float64Array,
  { x, y }: NodePlaces,
  rowImage: number,
  columnImage: number,
): Float64Array {
  const left = localBasis(x[rowImage]!, y[rowImage]!)
  const right = localBasis(x[columnImage]!, y[columnImage]!)
  return Float64Array.from({ length: 9 }, (_, at) => {
    const [row, col] = [Math.floor(at / 3), at % 3]
    let sum = 0
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) sum += left[i * 3 + row]! * block[i * 3 + j]! * right[j * 3 + col]!
    return sum
  })
}

/** The right side for levels and slopes, of one for planes. */
function localPull(rightSide: Float64Array, { x, y }: NodePlaces): Float64Array {
  const pull = new Float64Array(rightSide.length)
  for (let image = 0; image < x.length; image++) {
    const at = image * 3
    const c = rightSide[at + 2]!
    pull[at] = c
    pull[at + 1] = rightSide[at]! - x[image]! * c
    pull[at + 2] = rightSide[at + 1]! - y[image]! * c
  }
  return pull
}

/** Planes of levels and slopes. */
function commonPlanes(local: Float64Array, { x, y }: NodePlaces, output: Float64Array): void {
  for (let image = 0; image < x.length; image++) {
    const at = image * 3
    const a = local[at + 1]!
    const b = local[at + 2]!
    output[at] = a
    output[at + 1] = b
    output[at + 2] = local[at]! - a * x[image]! - b * y[image]!
  }
}

/** Place of a row in an ascending run of rows. */
function placeOfRow(rows: Int32Array, from: number, to: number, row: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]! < row) low = middle + 1
    else high = middle
  }
  return low
}

/** Replaces the matrix by its factor, column after column: each takes what the columns before it that reach it have to give. */
function factorize({ start, rows }: FactorShape, values: Float64Array, order: number): void {
  const count = start.length - 1
  const square = order * order
  const update = order === 3 ? updateBlocks3 : updateBlocks1
  /** Place of the next row of each column that was factored. `waiting` begins the list of those whose next row is this column. */
  const next = start.map((at) => at + 1)
  const waiting = new Int32Array(count).fill(-1)
  const link = new Int32Array(count)
  const place = new Int32Array(count)
  const pivots = new Float64Array(order)
  const enqueue = (column: number): void => {
    if (next[column]! >= start[column + 1]!) return
    const row = rows[next[column]!]!
    link[column] = waiting[row]!
    waiting[row] = column
  }
  for (let column = 0; column < count; column++) {
    const first = start[column]!
    const end = start[column + 1]!
    for (let k = first; k < end; k++) place[rows[k]!] = k * square
    for (let i = 0; i < order; i++) pivots[i] = values[first * square + i * (order + 1)]!
    for (let from = waiting[column]!; from >= 0; ) {
      const following = link[from]!
      update(rows, place, values, next[from]!, start[from + 1]!)
      next[from]!++
      enqueue(from)
      from = following
    }
    factorBlock(values, first * square, pivots, order)
    for (let k = first + 1; k < end; k++) divideBlock(values, k * square, first * square, order)
    enqueue(column)
  }
}

/** Takes from column c what another gives: `first` is the place of its row c; it reaches that row and those behind it up to `end`. */
type UpdateBlocks = (
  rows: Int32Array,
  place: Int32Array,
  values: Float64Array,
  first: number,
  end: number,
) => void

const updateBlocks1: UpdateBlocks = (rows, place, values, first, end) => {
  const own = values[first]!
  for (let k = first; k < end; k++) values[place[rows[k]!]!]! -= values[k]! * own
}

/** The innermost loop of the solution: unrolled, three times as fast as loops over rows and columns. */
const updateBlocks3: UpdateBlocks = (rows, place, values, first, end) => {
  const own = first * 9
  const a0 = values[own]!
  const a1 = values[own + 1]!
  const a2 = values[own + 2]!
  const b0 = values[own + 3]!
  const b1 = values[own + 4]!
  const b2 = values[own + 5]!
  const c0 = values[own + 6]!
  const c1 = values[own + 7]!
  const c2 = values[own + 8]!
  for (let k = first; k < end; k++) {
    const from = k * 9
    const to = place[rows[k]!]!
    const x0 = values[from]!
    const x1 = values[from + 1]!
    const x2 = values[from + 2]!
    values[to]! -= x0 * a0 + x1 * a1 + x2 * a2
    values[to + 1]! -= x0 * b0 + x1 * b1 + x2 * b2
    values[to + 2]! -= x0 * c0 + x1 * c1 + x2 * c2
    const y0 = values[from + 3]!
    const y1 = values[from + 4]!
    const y2 = values[from + 5]!
    values[to + 3]! -= y0 * a0 + y1 * a1 + y2 * a2
    values[to + 4]! -= y0 * b0 + y1 * b1 + y2 * b2
    values[to + 5]! -= y0 * c0 + y1 * c1 + y2 * c2
    const z0 = values[from + 6]!
    const z1 = values[from + 7]!
    const z2 = values[from + 8]!
    values[to + 6]! -= z0 * a0 + z1 * a1 + z2 * a2
    values[to + 7]! -= z0 * b0 + z1 * b1 + z2 * b2
    values[to + 8]! -= z0 * c0 + z1 * c1 + z2 * c2
  }
}

/** Cholesky factor of a diagonal block, in its lower triangle. A direction that nothing determines gets an infinite pivot: its unknown is 0. */
function factorBlock(values: Float64Array, at: number, before: Float64Array, order: number): void {
  for (let j = 0; j < order; j++) {
    for (let i = j; i < order; i++) {
      let sum = values[at + i * order + j]!
      for (let k = 0; k < j; k++) sum -= values[at + i * order + k]! * values[at + j * order + k]!
      if (i > j) values[at + i * order + j] = sum / values[at + j * order + j]!
      else values[at + j * order + j] = sum > RELATIVE_PIVOT * before[j]! ? Math.sqrt(sum) : Infinity
    }
  }
}

/** Solves X L^T = B in place of a block B below a factored diagonal block L. */
function divideBlock(values: Float64Array, at: number, diagonalAt: number, order: number): void {
  for (let row = at; row < at + order * order; row += order) {
    for (let j = 0; j < order; j++) {
      let sum = values[row + j]!
      for (let k = 0; k < j; k++) sum -= values[row + k]! * values[diagonalAt + j * order + k]!
      values[row + j] = sum / values[diagonalAt + j * order + j]!
    }
  }
}

/** Replaces a right side by the solution: down the factor, then up its transpose. */
function solveFactor(
  { imageOf, start, rows }: FactorShape,
  values: Float64Array,
  order: number,
  unknowns: Float64Array,
): void {
  const count = imageOf.length
  const square = order * order
  const work = new Float64Array(count * order)
  for (let column = 0; column < count; column++) {
    for (let i = 0; i < order; i++) work[column * order + i] = unknowns[imageOf[column]! * order + i]!
  }
  for (let column = 0; column < count; column++) {
    const at = column * order
    const diagonalAt = start[column]! * square
    for (let i = 0; i < order; i++) {
      let sum = work[at + i]!
      for (let k = 0; k < i; k++) sum -= values[diagonalAt + i * order + k]! * work[at + k]!
      work[at + i] = sum / values[diagonalAt + i * order + i]!
    }
    for (let k = start[column]! + 1; k < start[column + 1]!; k++) {
      for (let i = 0; i < order; i++) {
        let sum = 0
        for (let j = 0; j < order; j++) sum += values[k * square + i * order + j]! * work[at + j]!
        work[rows[k]! * order + i]! -= sum
      }
    }
  }
  for (let column = count - 1; column >= 0; column--) {
    const at = column * order
    for (let k = start[column]! + 1; k < start[column + 1]!; k++) {
      for (let i = 0; i < order; i++) {
        const below = work[rows[k]! * order + i]!
        for (let j = 0; j < order; j++) work[at + j]! -= values[k * square + i * order + j]! * below
      }
    }
    const diagonalAt = start[column]! * square
    for (let i = order - 1; i >= 0; i--) {
      let sum = work[at + i]!
      for (let k = i + 1; k < order; k++) sum -= values[diagonalAt + k * order + i]! * work[at + k]!
      work[at + i] = sum / values[diagonalAt + i * order + i]!
    }
  }
  for (let column = 0; column < count; column++) {
    for (let i = 0; i < order; i++) unknowns[imageOf[column]! * order + i] = work[column * order + i]!
  }
}
