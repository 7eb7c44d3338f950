// The warm kernel `areaTile` on 8 x 8 tiles of 64 x 64 pixels against the same algorithm in C (area.c), compiled here with gcc -O3 -march=native.
// Tiles differ, as those of an image do: the branches of a single tile, done again and again, are learned by heart by the processor.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areaScratchBytes, createPixelMemory, wasmKernels } from '@skyloom/kernels'

const SIDE = 2048
const TILE = 64
const CORNERS = (TILE + 1) ** 2
const TILES = 8
/** The least of the rounds over all tiles counts, so that other work on the machine hardly shows. */
const ROUNDS = 100

/** Compiles area.c into a folder; undefined without gcc. */
export function compileArea(folder) {
  const program = join(folder, 'area')
  const source = fileURLToPath(new URL('area.c', import.meta.url))
  const { status } = spawnSync('gcc', ['-O3', '-march=native', '-o', program, source, '-lm'], {
    stdio: 'inherit',
  })
  return status === 0 ? program : undefined
}

/**
 * Nanoseconds per output pixel of both on a map of this angle and scale (image pixels per output pixel), kernel and program in turn, and the
 * largest relative difference of their pixels.
 */
export function raceKernel(program, folder, angleDeg, scale) {
  const memory = createPixelMemory({ maximumBytes: 2 ** 28 })
  const kernels = wasmKernels(memory)
  const scratchBytes = areaScratchBytes(6 * TILE, 6 * TILE, true)
  const pixelCount = (TILES * TILE) ** 2
  const [image, values, coverages, corners, scratch] = [
    4 * SIDE ** 2,
    4 * pixelCount,
    4 * pixelCount,
    16 * TILES ** 2 * CORNERS,
    scratchBytes,
  ].map((bytes) => memory.alloc(bytes))
  const pixels = memory.f32(image, SIDE ** 2)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 50 + 40 * Math.sin(i * 12.9898)
  placeCorners(memory.f64(corners, 2 * TILES ** 2 * CORNERS), angleDeg, scale)
  const doTile = (k) => {
    const x = corners + 16 * k * CORNERS
    const out = 4 * k * TILE ** 2
    kernels.areaTile(
      ...[image, 0, 0, SIDE, SIDE, SIDE, 0],
      ...[x, x + 8 * CORNERS, TILE, TILE],
      ...[values + out, coverages + out, TILE, scratch, scratchBytes],
    )
  }
  writeFileSync(join(folder, 'image'), pixels)
  writeFileSync(join(folder, 'corners'), memory.u8(corners, 16 * TILES ** 2 * CORNERS))
  let [own, theirs] = [Infinity, Infinity]
  for (let turn = 0; turn < 3; turn++) {
    own = Math.min(own, kernelNs(doTile))
    if (program !== undefined) theirs = Math.min(theirs, programNs(program, folder))
  }
  const difference =
    program === undefined ? undefined : largestDifference(memory.f32(values, pixelCount), folder)
  return { angleDeg, scale, wasmNs: own, cNs: program === undefined ? undefined : theirs, difference }
}

/** Tile by tile the x of its corners, then their y. */
function placeCorners(xy, angleDeg, scale) {
  const c = Math.cos((angleDeg / 180) * Math.PI) * scale
  const s = Math.sin((angleDeg / 180) * Math.PI) * scale
  for (let tile = 0; tile < TILES ** 2; tile++) {
    for (let k = 0; k < CORNERS; k++) {
      const u = ((tile % TILES) - TILES / 2) * TILE + (k % (TILE + 1))
      const v = (Math.floor(tile / TILES) - TILES / 2) * TILE + Math.floor(k / (TILE + 1))
      const at = 2 * tile * CORNERS + k
      xy[at] = SIDE / 2 + 0.3 + c * u - s * v
      xy[at + CORNERS] = SIDE / 2 + 0.7 + s * u + c * v
    }
  }
}

function kernelNs(doTile) {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let k = 0; k < TILES ** 2; k++) doTile(k)
    least = Math.min(least, performance.now() - start)
  }
  return (least * 1e6) / (TILES * TILE) ** 2
}

function programNs(program, folder) {
  const args = ['image', SIDE, 'corners', TILE, TILES ** 2, ROUNDS, 'out'].map(String)
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`area.c failed: ${stderr}`)
  return Number(stdout)
}

function largestDifference(values, folder) {
  const bytes = readFileSync(join(folder, 'out'))
  const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value / theirs[i] - 1)), 0)
}
