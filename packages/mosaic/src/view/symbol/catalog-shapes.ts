import { offsetPosition, type SkyPosition } from '@skyloom/wcs'
import type { Rgb, Shape } from '../draw/shape.ts'
import { textShape } from '../font/text-shape.ts'
import type { Font } from '../font/truetype.ts'
import { isOnPicture, placeOf, type SkyLens } from '../sky/sky-view.ts'
import type { MarkSymbol } from './symbol.ts'
import { characterDeg, symbolRadiusDeg, symbolShapes } from './symbol-shape.ts'

/** A source of a catalog as it is drawn. */
export interface CatalogSource {
  readonly position: SkyPosition
  /** Undefined for a label alone. */
  readonly symbol: MarkSymbol | undefined
  readonly color: Rgb
  readonly label?: string | undefined
}

/** How the size of a symbol follows from a value. */
export interface SizeScale {
  readonly kind: 'flux' | 'mag' | 'log'
  /** The value that is drawn in the size of the symbol. */
  readonly reference: number
}

/** Symbols are at least this part of the height of a character. */
const LEAST_CHARACTERS = 0.1
/** Pixels between a symbol and its label. */
const LABEL_GAP = 4

/**
 * A symbol whose size follows a value: `flux` in proportion, `mag` by one size a magnitude, `log` by the logarithm of the ratio.
 *
 * @returns undefined for NaN
 */
export function scaledSymbol(
  lens: SkyLens,
  symbol: MarkSymbol,
  { kind, reference }: SizeScale,
  value: number,
): MarkSymbol | undefined {
  if (Number.isNaN(value)) return undefined
  const ratio =
    kind === 'flux'
      ? value / reference
      : kind === 'mag'
        ? reference - value + 1
        : Math.log10((10 * value) / reference)
  const radiusDeg = symbolRadiusDeg(lens.view, symbol.size * ratio, symbol.unit)
  const least = LEAST_CHARACTERS * characterDeg(lens.view)
  // Also for the logarithm of what is not positive.
  if (radiusDeg >= least) return { ...symbol, size: symbol.size * ratio }
  return { ...symbol, size: least, unit: 'degree' }
}

/** Sources with their symbols and, beside them, their labels. Sources off the picture cost nothing. */
export function catalogShapes(
  lens: SkyLens,
  sources: Iterable<CatalogSource>,
  font: Font | undefined,
  sizePixels: number,
): readonly Shape[] {
  const shapes: Shape[] = []
  for (const { position, symbol, color, label } of sources) {
    if (symbol !== undefined) shapes.push(...symbolShapes(lens, position, symbol, { color, font }))
    if (label === undefined || label === '' || font === undefined) continue
    const place = placeOf(lens, position.lonDeg, position.latDeg)
    if (place === undefined || !isOnPicture(lens.view, place)) continue
    const radius = symbol === undefined ? 0 : radiusPixels(lens, position, symbol)
    const x = place.x + (symbol === undefined ? 0 : radius + LABEL_GAP)
    const align = symbol === undefined ? 'middle' : 'left'
    shapes.push(textShape(font, label, { x, y: place.y, sizePixels, align }, color))
  }
  return shapes
}

function radiusPixels(lens: SkyLens, at: SkyPosition, symbol: MarkSymbol): number {
  const edge = offsetPosition(at, 0, symbolRadiusDeg(lens.view, symbol.size, symbol.unit))
  const here = placeOf(lens, at.lonDeg, at.latDeg)
  const beside = placeOf(lens, edge.lonDeg, edge.latDeg)
  return here === undefined || beside === undefined ? 0 : Math.hypot(here.x - beside.x, here.y - beside.y)
}
