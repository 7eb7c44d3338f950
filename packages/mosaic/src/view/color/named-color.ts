import type { Rgb } from '../draw/shape.ts'

const GREY: Rgb = { red: 128, green: 128, blue: 128 }
const COLORS: ReadonlyMap<string, Rgb> = new Map([
  ['black', { red: 0, green: 0, blue: 0 }],
  ['white', { red: 255, green: 255, blue: 255 }],
  ['red', { red: 255, green: 0, blue: 0 }],
  ['green', { red: 0, green: 255, blue: 0 }],
  ['blue', { red: 0, green: 0, blue: 255 }],
  ['magenta', { red: 255, green: 0, blue: 255 }],
  ['cyan', { red: 0, green: 255, blue: 255 }],
  ['yellow', { red: 255, green: 255, blue: 0 }],
  ['gray', GREY],
  ['grey', GREY],
])

/** A colour by name or as `rrggbb` in hexadecimal with or without `#`; other words are grey, as in mViewer. */
export function namedColor(word: string): Rgb {
  const named = COLORS.get(word.toLowerCase())
  if (named !== undefined) return named
  const digits = /^#?([0-9a-f]{6})$/i.exec(word)?.[1]
  if (digits === undefined) return GREY
  const value = Number.parseInt(digits, 16)
  return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 }
}
