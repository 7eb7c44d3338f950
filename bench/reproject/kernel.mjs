// The warm kernel `areaTile` on one tile of 64 x 64 pixels against the same algorithm in C (area.c), compiled here with gcc -O3 -march=native.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areaScratchBytes, createPixelMemory, wasmKernels } from '@skyloom/kernels'

const SIDE = 1024
const TILE = 64
const CORNERS = (TILE + 1) ** 2
/** Calls timed together; the least of the rounds counts, so that other work on the machine hardly shows. */
const CALLS = 20
const ROUNDS = 300

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
  const memory = createPixelMemory({ maximumBytes: 2 ** 27 })
  const kernels = wasmKernels(memory)
  const scratchBytes = areaScratchBytes(6 * TILE, 6 * TILE, TILE, TILE, true)
  const [image, value, coverage, x, y, scratch] = [
    4 * SIDE ** 2,
    4 * TILE ** 2,
    4 * TILE ** 2,
    8 * CORNERS,
    8 * CORNERS,
    scratchBytes,
  ].map((bytes) => memory.alloc(bytes))
  const pixels = memory.f32(image, SIDE ** 2)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 50 + 40 * Math.sin(i * 12.9898)
  placeCorners(memory.f64(x, CORNERS), memory.f64(y, CORNERS), angleDeg, scale)
  const call = [
    image,
    0,
    0,
    SIDE,
    SIDE,
    SIDE,
    0,
    x,
    y,
    TILE,
    TILE,
    value,
    coverage,
    TILE,
    scratch,
    scratchBytes,
  ]
  writeFileSync(join(folder, 'image'), pixels)
  writeFileSync(
    join(folder, 'corners'),
    Buffer.concat([x, y].map((at) => Buffer.from(memory.u8(at, 8 * CORNERS)))),
  )
  let [own, theirs] = [Infinity, Infinity]
  for (let turn = 0; turn < 3; turn++) {
    own = Math.min(
      own,
      kernelNs(() => kernels.areaTile(...call)),
    )
    if (program !== undefined) theirs = Math.min(theirs, programNs(program, folder))
  }
  const difference =
    program === undefined ? undefined : largestDifference(memory.f32(value, TILE ** 2), folder)
  return { angleDeg, scale, wasmNs: own, cNs: program === undefined ? undefined : theirs, difference }
}

function placeCorners(x, y, angleDeg, scale) {
  const c = Math.cos((angleDeg / 180) * Math.PI) * scale
  const s = Math.sin((angleDeg / 180) * Math.PI) * scale
  for (let k = 0; k < CORNERS; k++) {
    const u = (k % (TILE + 1)) - TILE / 2
    const v = Math.floor(k / (TILE + 1)) - TILE / 2
    x[k] = SIDE / 2 + 0.3 + c * u - s * v
    y[k] = SIDE / 2 + 0.7 + s * u + c * v
  }
}

function kernelNs(run) {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let k = 0; k < CALLS; k++) run()
    least = Math.min(least, performance.now() - start)
  }
  return (least * 1e6) / CALLS / TILE ** 2
}

function programNs(program, folder) {
  const args = ['image', SIDE, 'corners', TILE, ROUNDS, 'out'].map(String)
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`area.c failed: ${stderr}`)
  return Number(stdout)
}

function largestDifference(values, folder) {
  const bytes = readFileSync(join(folder, 'out'))
  const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, TILE ** 2)
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value / theirs[i] - 1)), 0)
}
