/** One channel of a colour table: values at the knots. */
type Ramp = readonly number[]

interface Knots {
  readonly at: readonly number[]
  readonly red: Ramp
  readonly green: Ramp
  readonly blue: Ramp
}

/** Colours of the 256 levels, three bytes each. */
export type ColorTable = Uint8Array

/** Colour tables of mViewer; they are numbered from 0. */
export const COLOR_TABLE_COUNT = 12

const ENDS = [0, 255]
const EVEN = Array.from({ length: 16 }, (_, i) => 17 * i)
const UP = [0, 255]
const DARK = [0, 0]

// Source: the colour tables of mViewer as specified for Montage 6.0.
const TABLES: readonly Knots[] = [
  { at: ENDS, red: UP, green: UP, blue: UP },
  { at: ENDS, red: [255, 0], green: [255, 0], blue: [255, 0] },
  {
    at: EVEN,
    red: [0, 98, 180, 255, 246, 220, 181, 88, 0, 0, 0, 0, 0, 85, 170, 255],
    green: [0, 0, 0, 0, 88, 181, 220, 245, 255, 235, 180, 98, 0, 128, 192, 255],
    blue: [0, 180, 98, 0, 0, 0, 0, 0, 0, 98, 180, 235, 255, 255, 255, 255],
  },
  {
    at: [0, 25, 40, 55, 70, 90, 110, 130, 150, 175, 200, 225, 255],
    red: [0, 0, 0, 0, 0, 0, 0, 150, 225, 255, 255, 196, 255],
    green: [0, 0, 0, 125, 196, 226, 255, 255, 225, 150, 0, 0, 255],
    blue: [0, 150, 255, 225, 196, 125, 0, 0, 0, 0, 0, 196, 255],
  },
  {
    at: EVEN,
    red: [0, 0, 0, 0, 0, 0, 0, 20, 135, 210, 240, 255, 240, 255, 255, 255],
    green: [0, 0, 20, 63, 112, 162, 210, 255, 240, 205, 135, 20, 0, 85, 170, 255],
    blue: [0, 95, 175, 250, 255, 175, 90, 30, 0, 0, 0, 0, 0, 85, 170, 255],
  },
  {
    at: EVEN,
    red: [255, 255, 255, 240, 255, 240, 210, 135, 20, 0, 0, 0, 0, 0, 0, 0],
    green: [255, 170, 85, 0, 20, 135, 205, 240, 255, 210, 162, 112, 63, 20, 0, 0],
    blue: [255, 170, 85, 0, 0, 0, 0, 0, 30, 90, 175, 255, 250, 175, 95, 0],
  },
  {
    at: EVEN,
    red: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 210, 240, 240, 255],
    green: [0, 0, 0, 10, 20, 41, 63, 83, 112, 137, 162, 255, 205, 135, 0, 255],
    blue: [0, 47, 95, 140, 175, 212, 250, 252, 255, 212, 175, 30, 0, 0, 0, 255],
  },
  {
    at: EVEN,
    red: [255, 255, 255, 255, 255, 255, 255, 255, 224, 192, 160, 128, 96, 64, 32, 0],
    green: [0, 32, 64, 96, 128, 160, 192, 224, 224, 192, 160, 128, 96, 64, 32, 0],
    blue: [0, 32, 64, 96, 128, 160, 192, 224, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  { at: ENDS, red: UP, green: DARK, blue: DARK },
  { at: ENDS, red: DARK, green: UP, blue: DARK },
  { at: ENDS, red: DARK, green: DARK, blue: UP },
  {
    at: [0, 23, 46, 70, 93, 116, 139, 162, 185, 209, 232, 255],
    red: [0, 0, 0, 20, 135, 210, 240, 255, 240, 255, 255, 255],
    green: [0, 85, 170, 255, 240, 205, 135, 20, 0, 85, 170, 255],
    blue: [255, 175, 90, 30, 0, 0, 0, 0, 0, 85, 170, 255],
  },
]

/** True for the tables whose three channels are equal. */
export function isGreyTable(index: number): boolean {
  return index === 0 || index === 1
}

/** A colour table; values between two knots step by whole numbers, as in mViewer. @throws RangeError when there is none */
export function colorTable(index: number): ColorTable {
  const knots = TABLES[index]
  if (knots === undefined)
    throw new RangeError(`colour table ${index}; there are 0 to ${COLOR_TABLE_COUNT - 1}`)
  const table = new Uint8Array(256 * 3)
  const channels = [knots.red, knots.green, knots.blue]
  for (let level = 0; level < 256; level++) {
    // The first level of table 11 is black in Montage, unlike its first knot.
    if (index === 11 && level === 0) continue
    for (const [channel, ramp] of channels.entries())
      table[3 * level + channel] = valueAt(knots.at, ramp, level)
  }
  return table
}

function valueAt(at: readonly number[], ramp: Ramp, level: number): number {
  const next = Math.max(
    1,
    at.findIndex((knot) => knot >= level),
  )
  const [from, to] = [at[next - 1]!, at[next]!]
  const [low, high] = [ramp[next - 1]!, ramp[next]!]
  // The last level goes on with the slope, so it can miss the last knot.
  if (level === to && to < 255) return high
  return low + Math.trunc((high - low) / (to - from)) * (level - from)
}
