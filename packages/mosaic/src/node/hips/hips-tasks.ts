import type { TaskContext } from '@skyloom/kernels'
import { cellFromNested, type HealpixCell } from '@skyloom/wcs'
import { thumbnail } from '../../hips/allsky.ts'
import { branchSide, branchTiles, type HipsBranch, hipsTileTemplate } from '../../hips/branch.ts'
import { coveredCells } from '../../hips/covered-cells.ts'
import { halvePlaneInPlace } from '../../hips/halve-plane.ts'
import { ALLSKY_ORDER, HIPS_TILE_SIDE, type HipsTile } from '../../hips/tile.ts'
import { openImages } from './open-images.ts'
import { type HipsImage, PROJECT_TILE_BYTES, projectTile } from './project-tile.ts'
import { readTile, type TileStyle, type TileWriter, tileWriter } from './tile-files.ts'

/** Make the tiles of a branch from images. */
export interface BranchPayload {
  readonly branch: HipsBranch
  readonly images: readonly HipsImage[]
  readonly style: TileStyle
}

/** Make the tiles of a branch from its deepest ones, which are there already. */
export interface MergePayload {
  readonly branch: HipsBranch
  /** The deepest tiles that are there. */
  readonly tiles: readonly number[]
  readonly style: TileStyle
}

/** What a task has made. */
export interface BranchResult {
  /** Tiles that were written, deepest order first. */
  readonly tiles: readonly HipsTile[]
  /** Parts of the sky with data; only from images. */
  readonly covered: readonly HealpixCell[]
  /** Small pictures of tiles of order 3. */
  readonly thumbnails: readonly (readonly [npix: number, data: Float32Array])[]
  readonly bytesWritten: number
}

/** Gathers what a task makes. */
interface Gathered {
  readonly writer: TileWriter
  readonly tiles: HipsTile[]
  readonly covered: HealpixCell[]
  readonly thumbnails: (readonly [number, Float32Array])[]
}

/** Bytes of scratch that the tasks take for branches of this depth. */
export function hipsScratchBytes(depth: number): number {
  return PROJECT_TILE_BYTES + 4 * (HIPS_TILE_SIDE << depth) ** 2
}

async function project(context: TaskContext, payload: BranchPayload): Promise<BranchResult> {
  const { branch, images, style } = payload
  const side = branchSide(branch)
  const data = context.memory.f32(context.scratch.at + PROJECT_TILE_BYTES, side * side).fill(Number.NaN)
  const open = openImages()
  try {
    for (const { tile, col, row } of branchTiles(branch, branch.depth)) {
      const template = hipsTileTemplate(tile, style.frame)
      const pixels = await projectTile(context, context.scratch.at, template, images, open)
      if (pixels !== undefined) place(data, side, pixels, col, row)
    }
  } finally {
    await open.close()
  }
  const made = gather(style)
  await writeLevel(data, branch, branch.depth, made, true)
  await writeUpwards(data, branch, made)
  return resultOf(made)
}

/** Puts the pixels of a tile into the plane of its branch. */
function place(data: Float32Array, side: number, pixels: Float32Array, col: number, row: number): void {
  for (let r = 0; r < HIPS_TILE_SIDE; r++) {
    const line = pixels.subarray(r * HIPS_TILE_SIDE, (r + 1) * HIPS_TILE_SIDE)
    data.set(line, (row + r) * side + col)
  }
}

async function merge(context: TaskContext, payload: MergePayload): Promise<BranchResult> {
  const { branch, style } = payload
  const side = branchSide(branch)
  const data = context.memory.f32(context.scratch.at, side * side).fill(Number.NaN)
  const there = new Set(payload.tiles)
  for (const { tile, col, row } of branchTiles(branch, branch.depth)) {
    if (!there.has(tile.npix)) continue
    place(data, side, await readTile(style.folder, tile), col, row)
  }
  const made = gather(style)
  await writeUpwards(data, branch, made)
  return resultOf(made)
}

/** The tiles above the deepest ones, which `data` holds; it is halved for each order. */
async function writeUpwards(data: Float32Array, branch: HipsBranch, made: Gathered): Promise<void> {
  let side = branchSide(branch)
  for (let level = branch.depth - 1; level >= 0; level--) {
    halvePlaneInPlace(data, side)
    side /= 2
    await writeLevel(data, branch, level, made, false)
  }
}

async function writeLevel(
  data: Float32Array,
  branch: HipsBranch,
  level: number,
  made: Gathered,
  isDeepest: boolean,
): Promise<void> {
  const side = HIPS_TILE_SIDE << level
  const pixels = new Float32Array(HIPS_TILE_SIDE * HIPS_TILE_SIDE)
  for (const { tile, col, row } of branchTiles(branch, level)) {
    for (let r = 0; r < HIPS_TILE_SIDE; r++) {
      const start = (row + r) * side + col
      pixels.set(data.subarray(start, start + HIPS_TILE_SIDE), r * HIPS_TILE_SIDE)
    }
    if (!hasData(pixels)) continue
    await made.writer.write(tile, pixels)
    made.tiles.push(tile)
    if (isDeepest) made.covered.push(...coveredCells(cellFromNested(tile.order, tile.npix), pixels))
    if (tile.order === ALLSKY_ORDER) made.thumbnails.push([tile.npix, thumbnail(pixels)])
  }
}

function hasData(pixels: Float32Array): boolean {
  for (let i = 0; i < pixels.length; i++) if (!Number.isNaN(pixels[i]!)) return true
  return false
}

function gather(style: TileStyle): Gathered {
  return { writer: tileWriter(style), tiles: [], covered: [], thumbnails: [] }
}

function resultOf({ writer, tiles, covered, thumbnails }: Gathered): BranchResult {
  return { tiles, covered, thumbnails, bytesWritten: writer.bytesWritten }
}

/** The tasks of a HiPS, for a worker pool. */
export const tasks: { readonly project: typeof project; readonly merge: typeof merge } = { project, merge }
