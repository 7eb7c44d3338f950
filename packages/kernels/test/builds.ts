import { readFileSync } from 'node:fs'
import {
  createPixelMemory,
  type PixelKernels,
  type PixelMemory,
  plainKernels,
  wasmKernels,
} from '../src/index.ts'

/** Kernels under test with the memory they share with their plain twin. */
export interface Bench {
  readonly name: string
  readonly memory: PixelMemory
  readonly kernels: PixelKernels
  readonly twin: PixelKernels
}

/** The builds that every twin test runs on: optimised, debug (readable traps), and the one for unshared memory. */
export function benches(): readonly Bench[] {
  const shared = createPixelMemory({ maximumBytes: 2 ** 28 })
  const unshared = createPixelMemory({ maximumBytes: 2 ** 28, shared: false })
  const debug = new WebAssembly.Module(
    Uint8Array.from(readFileSync(new URL('../dist/debug/pixels.wasm', import.meta.url))),
  )
  return [
    { name: 'release', memory: shared, kernels: wasmKernels(shared), twin: plainKernels(shared) },
    { name: 'debug', memory: shared, kernels: wasmKernels(shared, debug), twin: plainKernels(shared) },
    { name: 'unshared', memory: unshared, kernels: wasmKernels(unshared), twin: plainKernels(unshared) },
  ]
}

/** Uniform random numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Pixels between -2 and 8; a fraction of them NaN, +infinity or -infinity. */
export function fillPixels(pixels: Float32Array, random: () => number, blankFraction: number): void {
  const blanks = [NaN, Infinity, -Infinity]
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = random() < blankFraction ? blanks[Math.floor(random() * 3)]! : random() * 10 - 2
  }
}
