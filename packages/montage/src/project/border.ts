import type { Region } from '@skyloom/mosaic'
import { MontageError } from '../errors.ts'

/** Pixels of an image that do not take part: those of a frame of this width, or those outside a polygon. */
export type Border = number | readonly BorderVertex[]

/** A vertex; the centre of the first pixel is (0, 0). */
export interface BorderVertex {
  readonly x: number
  readonly y: number
}

/** Fewest vertices of a polygon. */
const MIN_VERTICES = 4

/**
 * Reads the value of `-b`: a whole number, or the vertices of a polygon "x1 y1 x2 y2 x3 y3 x4 y4 ..." with blanks or commas between.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function borderArgument(text: string): Border {
  if (/^\s*[+-]?\d+\s*$/.test(text)) {
    const width = Number(text)
    if (width >= 0) return width
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      `Border value (${text.trim()}) must be greater than or equal to zero`,
      { found: text, allowed: '0 or more' },
    )
  }
  const numbers = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(Number)
  const isPolygon =
    numbers.length >= 2 * MIN_VERTICES &&
    numbers.length % 2 === 0 &&
    numbers.every((value) => Number.isFinite(value))
  if (isPolygon) {
    return Array.from({ length: numbers.length / 2 }, (_, k) => ({
      x: numbers[2 * k] ?? 0,
      y: numbers[2 * k + 1] ?? 0,
    }))
  }
  throw new MontageError(
    'MONTAGE_BAD_ARGUMENT',
    `Border value string (${text}) cannot be interpreted as an integer or a set of polygon vertices`,
    { found: text, allowed: `a whole number, or at least ${MIN_VERTICES} pairs of numbers` },
  )
}

/** Sets the pixels that do not take part to NaN in a part of an image. */
export function blankBorder(
  data: Float64Array,
  part: Region,
  size: { readonly width: number; readonly height: number },
  border: Border,
): void {
  for (let row = 0; row < part.height; row++) {
    const line = data.subarray(row * part.width, (row + 1) * part.width)
    const kept =
      typeof border === 'number'
        ? frameRange(part.row + row, size, border)
        : polygonRanges(part.row + row, border)
    blankOutside(line, part.col, kept)
  }
}

/** Columns that are kept, from and to inclusive. */
type Range = readonly [from: number, to: number]

function frameRange(
  row: number,
  { width, height }: { readonly width: number; readonly height: number },
  border: number,
): readonly Range[] {
  return row < border || row >= height - border ? [] : [[border, width - border - 1]]
}

/**
 * Columns of a row inside a polygon by the classic rule: between the outermost sides that cross the row, from floor(x) to
 * round(x) - 1. Sides that end on the row do not count, so a row through a vertex may have none.
 */
function polygonRanges(row: number, vertices: readonly BorderVertex[]): readonly Range[] {
  const crossings: number[] = []
  let a = vertices.at(-1)
  for (const b of vertices) {
    if (a !== undefined && (a.y - row) * (b.y - row) < 0)
      crossings.push(a.x + ((row - a.y) * (b.x - a.x)) / (b.y - a.y))
    a = b
  }
  if (crossings.length < 2) return []
  return [[Math.floor(Math.min(...crossings)), Math.floor(Math.max(...crossings) + 0.5) - 1]]
}

function blankOutside(line: Float64Array, firstCol: number, kept: readonly Range[]): void {
  for (let k = 0; k < line.length; k++) {
    const col = firstCol + k
    if (!kept.some(([from, to]) => col >= from && col <= to)) line[k] = Number.NaN
  }
}
