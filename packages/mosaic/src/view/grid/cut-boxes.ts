import type { Box } from '../draw/shape.ts'

/** Takes the parts of a line that lie within boxes away, so that labels on it can be read. */
export function cutBoxes(line: Float64Array, boxes: readonly Box[]): Float64Array[] {
  const kept: Float64Array[] = []
  let part: number[] = []
  const end = (): void => {
    if (part.length > 2) kept.push(Float64Array.from(part))
    part = []
  }
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [x0, y0, x1, y1] = [line[i]!, line[i + 1]!, line[i + 2]!, line[i + 3]!]
    let at = 0
    for (const [enter, leave] of spansWithin(x0, y0, x1, y1, boxes)) {
      if (enter > at) {
        if (part.length === 0) part.push(x0 + at * (x1 - x0), y0 + at * (y1 - y0))
        part.push(x0 + enter * (x1 - x0), y0 + enter * (y1 - y0))
      }
      end()
      at = Math.max(at, leave)
    }
    if (at >= 1) continue
    if (part.length === 0) part.push(x0 + at * (x1 - x0), y0 + at * (y1 - y0))
    part.push(x1, y1)
  }
  end()
  return kept
}

/** Parameters at which a piece enters and leaves each box that it crosses, in order. */
function spansWithin(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  boxes: readonly Box[],
): readonly (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = []
  for (const { left, right, top, bottom } of boxes) {
    let [enter, leave] = [0, 1]
    for (const [from, step, low, high] of [
      [x0, x1 - x0, left, right],
      [y0, y1 - y0, top, bottom],
    ] as const) {
      if (step === 0) {
        if (from < low || from > high) leave = -1
        continue
      }
      const [a, b] = [(low - from) / step, (high - from) / step]
      enter = Math.max(enter, Math.min(a, b))
      leave = Math.min(leave, Math.max(a, b))
    }
    if (enter < leave) spans.push([enter, leave])
  }
  return spans.sort((a, b) => a[0] - b[0])
}
