import type { ColorTable } from '../color/color-table.ts'
import type { PixelValues } from '../stretch/histogram.ts'
import { levelsInto, levelTable } from '../stretch/level-table.ts'
import type { Stretch } from '../stretch/stretch.ts'

/** Paints values in the colours of a table. */
export function greyPainter(
  stretch: Stretch,
  colors: ColorTable,
  channels: 1 | 3,
  blankLevel: number,
): (pixels: Uint8Array, values: readonly PixelValues[]) => void {
  const table = levelTable(stretch, 'nearest')
  let levels = new Uint8Array(0)
  return (pixels, [values]) => {
    if (values === undefined) return
    if (levels.length < values.length) levels = new Uint8Array(values.length)
    levelsInto(levels, table, values, { blankLevel })
    colorInto(pixels, channels, levels, values.length, colors)
  }
}

function colorInto(
  pixels: Uint8Array,
  channels: 1 | 3,
  levels: Uint8Array,
  count: number,
  colors: ColorTable,
): void {
  for (let i = 0, place = 0; i < count; i++) {
    const color = 3 * levels[i]!
    pixels[place++] = colors[color]!
    if (channels === 1) continue
    pixels[place++] = colors[color + 1]!
    pixels[place++] = colors[color + 2]!
  }
}
