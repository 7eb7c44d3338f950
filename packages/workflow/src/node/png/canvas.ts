import { LETTER_HEIGHT, LETTER_WIDTH, letterColumns } from './font.ts'

/** Red, green, blue from 0 to 255. */
export type Colour = readonly [number, number, number]

/** `#9ecae1` as numbers. */
export function parseColour(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** A picture of bytes on which boxes, lines and texts are drawn; coordinates are pixels from the upper left. */
export class Canvas {
  readonly width: number
  readonly height: number
  /** Three bytes a pixel, row by row. */
  readonly data: Uint8Array

  /** A white canvas. */
  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.data = new Uint8Array(width * height * 3).fill(255)
  }

  /** Fills a box; parts outside of the canvas are cut off. */
  fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    const left = Math.max(0, Math.round(x))
    const right = Math.min(this.width, Math.round(x + width))
    const bottom = Math.min(this.height, Math.round(y + height))
    for (let row = Math.max(0, Math.round(y)); row < bottom; row++) {
      for (let col = left; col < right; col++) this.#set(col, row, colour, 1)
    }
  }

  /** A box with a border of `line` pixels inside. */
  box(x: number, y: number, width: number, height: number, line: number, fill: Colour, border: Colour): void {
    this.fill(x, y, width, height, border)
    this.fill(x + line, y + line, width - 2 * line, height - 2 * line, fill)
  }

  /** A line one pixel wide, smooth, with `opacity` from 0 to 1. */
  line(x0: number, y0: number, x1: number, y1: number, colour: Colour, opacity: number): void {
    const isSteep = Math.abs(y1 - y0) > Math.abs(x1 - x0)
    const [a0, b0, a1, b1] = isSteep ? [y0, x0, y1, x1] : [x0, y0, x1, y1]
    const [from, fromB, to, toB] = a0 <= a1 ? [a0, b0, a1, b1] : [a1, b1, a0, b0]
    const slope = to === from ? 0 : (toB - fromB) / (to - from)
    for (let a = Math.round(from); a < Math.round(to); a++) {
      const b = fromB + slope * (a - from)
      const low = Math.floor(b)
      const part = b - low
      this.#blend(isSteep, a, low, colour, (1 - part) * opacity)
      this.#blend(isSteep, a, low + 1, colour, part * opacity)
    }
  }

  /** A text with its left upper corner at a place; `size` pixels a dot. */
  text(x: number, y: number, text: string, size: number, colour: Colour): void {
    let left = Math.round(x)
    for (const letter of text) {
      letterColumns(letter).forEach((dots, col) => {
        for (let row = 0; row <= LETTER_HEIGHT; row++) {
          if (((dots >> row) & 1) === 1)
            this.fill(left + col * size, Math.round(y) + row * size, size, size, colour)
        }
      })
      left += LETTER_WIDTH * size
    }
  }

  #blend(isSteep: boolean, a: number, b: number, colour: Colour, opacity: number): void {
    const col = isSteep ? b : a
    const row = isSteep ? a : b
    if (col >= 0 && row >= 0 && col < this.width && row < this.height) this.#set(col, row, colour, opacity)
  }

  #set(col: number, row: number, colour: Colour, opacity: number): void {
    const at = (row * this.width + col) * 3
    const { data } = this
    for (let channel = 0; channel < 3; channel++) {
      const before = data[at + channel]!
      data[at + channel] = before + ((colour[channel] ?? 0) - before) * opacity
    }
  }
}
