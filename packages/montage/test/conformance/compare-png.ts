import { readFileSync } from 'node:fs'
import { decode } from 'fast-png'
import type { Comparison } from './compare-text.ts'

/** Pixels that may differ, and by how much: class `png1`. */
const MAX_PART = 0.01
const MAX_LEVELS = 1

/** A picture as RGB, whatever the file holds. */
export interface RgbPicture {
  readonly width: number
  readonly height: number
  /** Three bytes a pixel. */
  readonly data: Uint8Array
}

/** Reads a PNG of 8 bits or less: grey, RGB, with alpha, or with a palette. */
export function readRgb(path: string): RgbPicture {
  const { width, height, channels, data: bytes, depth, palette } = decode(readFileSync(path))
  const data = new Uint8Array(width * height * 3)
  const most = 2 ** depth - 1
  // Samples of less than 8 bits lie packed in their rows.
  const rowBytes = Math.ceil((width * channels * depth) / 8)
  const sample = (row: number, index: number): number => {
    const bit = index * depth
    return ((bytes[row * rowBytes + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & most
  }
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < 3 * width; i++) {
      const channel = i % 3
      const value = sample(row, Math.floor(i / 3) * channels + (channels >= 3 ? channel : 0))
      data[3 * row * width + i] =
        palette === undefined ? Math.round((value * 255) / most) : (palette[value]?.[channel] ?? 0)
    }
  }
  return { width, height, data }
}

/** Share of the pixels that differ and largest difference of two pictures of one size. */
export function differenceOf(a: RgbPicture, b: RgbPicture): { readonly part: number; readonly most: number } {
  let count = 0
  let most = 0
  for (let i = 0; i < a.data.length; i += 3) {
    let here = 0
    for (let channel = 0; channel < 3; channel++)
      here = Math.max(here, Math.abs((a.data[i + channel] ?? 0) - (b.data[i + channel] ?? 0)))
    if (here > 0) count++
    most = Math.max(most, here)
  }
  return { part: (3 * count) / a.data.length, most }
}

/** Compares two PNGs by their pixels. */
export function comparePng(found: string, expected: string): Comparison {
  const a = readRgb(found)
  const b = readRgb(expected)
  if (a.width !== b.width || a.height !== b.height)
    return {
      problem: `${a.width} x ${a.height} pixels, expected ${b.width} x ${b.height}`,
      largest: Infinity,
    }
  const { part, most } = differenceOf(a, b)
  if (most <= MAX_LEVELS && part <= MAX_PART) return { problem: undefined, largest: most }
  return { problem: `${(100 * part).toFixed(2)} % of the pixels differ, by up to ${most}`, largest: most }
}
