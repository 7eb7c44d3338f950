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
    levelsInto(levels, table, values)
    if (blankLevel !== 0) fillBlanks(levels, values, blankLevel)
    if (channels === 1) for (let i = 0; i < values.length; i++) pixels[i] = colors[3 * levels[i]!]!
    else
      for (let i = 0; i < values.length; i++) {
        const color = 3 * levels[i]!
        pixels[3 * i] = colors[color]!
        pixels[3 * i + 1] = colors[color + 1]!
        pixels[3 * i + 2] = colors[color + 2]!
      }
  }
}

function fillBlanks(levels: Uint8Array, values: PixelValues, blankLevel: number): void {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) levels[i] = blankLevel
}
