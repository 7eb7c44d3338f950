import type { Fill, Rgb } from '../draw/shape.ts'
import type { Font } from './truetype.ts'

/** Where a text stands on a picture: the middle of its letters. */
export interface TextPlace {
  readonly x: number
  readonly y: number
  /** Pixels of one em. */
  readonly sizePixels: number
  /** Which end of the text is at x; default its middle. */
  readonly align?: 'left' | 'middle' | 'right'
}

/** Capital letters reach this high, in ems; text is centred on them. */
const CAPITAL_EMS = 0.72

/** A line of text as a shape. */
export function textShape(font: Font, text: string, place: TextPlace, color: Rgb): Fill {
  const scale = place.sizePixels / font.unitsPerEm
  const width = textWidth(font, text, place.sizePixels)
  const before = place.align === 'left' ? 0 : place.align === 'right' ? width : width / 2
  const base = place.y + (CAPITAL_EMS * place.sizePixels) / 2
  let pen = place.x - before
  const contours: Float64Array[] = []
  for (const character of text) {
    const { advance, contours: outline } = font.glyph(character.codePointAt(0) ?? 32)
    for (const contour of outline) {
      contours.push(contour.map((value, i) => (i % 2 === 0 ? pen + value * scale : base - value * scale)))
    }
    pen += advance * scale
  }
  return { kind: 'fill', contours, color }
}

/** Width of a line of text in pixels. */
export function textWidth(font: Font, text: string, sizePixels: number): number {
  let units = 0
  for (const character of text) units += font.glyph(character.codePointAt(0) ?? 32).advance
  return (units * sizePixels) / font.unitsPerEm
}
