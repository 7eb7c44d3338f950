import type { PixelValues } from '../stretch/histogram.ts'
import { levelsInto, levelTable } from '../stretch/level-table.ts'
import { openLevel, type Stretch } from '../stretch/stretch.ts'

/** Stretches of the channels. */
export interface ColorChannels {
  readonly red: { readonly stretch: Stretch }
  readonly green: { readonly stretch: Stretch } | undefined
  readonly blue: { readonly stretch: Stretch }
  readonly truePower: number | undefined
}

/**
 * Paints three channels (two without green, which is then their mean), levels cut off to whole numbers. A channel without data at a
 * pixel has the blank level there.
 *
 * True colour: with m the largest channel, each channel c becomes m (c/m)^p, which keeps the brightest channel and makes colours
 * stronger. Channels go beyond 255 until then, and where the largest does, it becomes 255.
 */
export function colorMixer(
  channels: ColorChannels,
  blankLevel: number,
): (pixels: Uint8Array, values: readonly PixelValues[]) => void {
  const { red, green, blue, truePower } = channels
  const stretches = [red, ...(green === undefined ? [] : [green]), blue].map(({ stretch }) => stretch)
  const isPlain = truePower === undefined && green !== undefined
  return isPlain ? plainMixer(stretches, blankLevel) : exactMixer(stretches, blankLevel, truePower)
}

/** Channel by channel through tables. */
function plainMixer(
  stretches: readonly Stretch[],
  blankLevel: number,
): (pixels: Uint8Array, values: readonly PixelValues[]) => void {
  const tables = stretches.map((stretch) => levelTable(stretch, 'down'))
  return (pixels, values) => {
    for (const [channel, data] of values.entries()) {
      const table = tables[channel]
      if (table !== undefined) levelsInto(pixels, table, data, { blankLevel, offset: channel, stride: 3 })
    }
  }
}

/** With levels as real numbers. */
function exactMixer(
  stretches: readonly Stretch[],
  blankLevel: number,
  power: number | undefined,
): (pixels: Uint8Array, values: readonly PixelValues[]) => void {
  return (pixels, values) => {
    const [first, second, third = second] = values
    const [redStretch, middleStretch, lastStretch = middleStretch] = stretches
    if (first === undefined || second === undefined || third === undefined) return
    if (redStretch === undefined || middleStretch === undefined || lastStretch === undefined) return
    const hasGreen = values.length > 2
    const level = (stretch: Stretch, value: number): number =>
      Number.isNaN(value) ? blankLevel : openLevel(stretch, value)
    for (let i = 0; i < first.length; i++) {
      const red = level(redStretch, first[i]!)
      const blue = level(lastStretch, third[i]!)
      const green = hasGreen ? level(middleStretch, second[i]!) : (red + blue) / 2
      const most = Math.max(red, green, blue)
      const top = Math.min(255, most)
      const isEnhanced = power !== undefined && most > 0
      pixels[3 * i] = isEnhanced ? top * (red / most) ** power : Math.min(255, red)
      pixels[3 * i + 1] = isEnhanced ? top * (green / most) ** power : Math.min(255, green)
      pixels[3 * i + 2] = isEnhanced ? top * (blue / most) ** power : Math.min(255, blue)
    }
  }
}
