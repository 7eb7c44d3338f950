import { blendInto, type Coverage, emptyCoverage, fillInto, strokeInto } from './coverage.ts'
import { type Box, type Shape, shapeBox } from './shape.ts'

/** Shapes that lie over a picture, drawn in their order strip by strip. */
export interface Overlay {
  readonly shapes: readonly Shape[]
  readonly boxes: readonly Box[]
  /** True when all colours are grey. */
  readonly isGrey: boolean
}

/** An overlay of shapes. */
export function overlayOf(shapes: readonly Shape[]): Overlay {
  const isGrey = shapes.every(({ color: { red, green, blue } }) => red === green && green === blue)
  return { shapes, boxes: shapes.map(shapeBox), isGrey }
}

/** Draws an overlay into strips of at most `rows` rows, from any row on. */
export function overlayPainter(
  overlay: Overlay,
  width: number,
  rows: number,
  channels: 1 | 3,
): (pixels: Uint8Array, firstRow: number, rowCount: number) => void {
  if (overlay.shapes.length === 0) return () => undefined
  const coverage = emptyCoverage(width, rows)
  return (pixels, firstRow, rowCount) => {
    coverage.top = firstRow
    for (const [index, shape] of overlay.shapes.entries()) {
      const box = overlay.boxes[index]!
      const isHere =
        box.bottom >= firstRow && box.top <= firstRow + rowCount && box.right >= 0 && box.left <= width
      if (isHere) drawOne(pixels, coverage, shape, channels)
    }
  }
}

function drawOne(pixels: Uint8Array, coverage: Coverage, shape: Shape, channels: 1 | 3): void {
  if (shape.kind === 'fill') fillInto(coverage, shape)
  else strokeInto(coverage, shape)
  const { red, green, blue } = shape.color
  blendInto(pixels, channels, coverage, [red, green, blue])
}
