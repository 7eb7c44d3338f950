import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `planeFitPass`. Sums run per row first, then over the rows, about the centre of the window. */
export function plainPlaneFitPass(whole: () => WholeMemory): PixelKernels['planeFitPass'] {
  return (valueAt, stride, width, height, x0, y0, a, b, c, limit, recordAt) => {
    const { f32, f64 } = whole()
    const halfX = (width - 1) / 2
    const halfY = (height - 1) / 2
    const centreX = x0 + halfX
    const centreY = y0 + halfY
    const slope = a
    let [n, x, y, xx, xy, yy, d, xd, yd, rr] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let [minCol, maxCol, minRow, maxRow] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let row = 0; row < height; row++) {
      const dy = row - halfY
      // The plane about the centre: a x + b y + c = slope * dx + level.
      const level = a * centreX + b * (y0 + row) + c
      let [rowN, rowX, rowXX, rowD, rowXD, rowRR] = [0, 0, 0, 0, 0, 0]
      for (let col = 0; col < width; col++) {
        const value = f32[valueAt / 4 + row * stride + col]!
        const dx = col - halfX
        const residual = value - (slope * dx + level)
        if (!(Math.abs(residual) <= limit) || !Number.isFinite(value)) continue
        rowN++
        rowX += dx
        rowXX += dx * dx
        rowD += value
        rowXD += dx * value
        rowRR += residual * residual
        minCol = Math.min(minCol, col)
        maxCol = Math.max(maxCol, col)
        minRow = Math.min(minRow, row)
        maxRow = Math.max(maxRow, row)
      }
      n += rowN
      x += rowX
      y += dy * rowN
      xx += rowXX
      xy += dy * rowX
      yy += dy * dy * rowN
      d += rowD
      xd += rowXD
      yd += dy * rowD
      rr += rowRR
    }
    const record = [n, centreX, centreY, x, y, xx, xy, yy, d, xd, yd, rr]
    f64.set([...record, x0 + minCol, x0 + maxCol, y0 + minRow, y0 + maxRow], recordAt / 8)
  }
}

/** Plain twin of `planeSpread`: by definition what `planeFitPass` counts and sums. */
export function plainPlaneSpread(whole: () => WholeMemory): PixelKernels['planeSpread'] {
  return (valueAt, stride, width, height, x0, y0, a, b, c, limit, recordAt) => {
    const { f32, f64 } = whole()
    const halfX = (width - 1) / 2
    let [n, rr] = [0, 0]
    for (let row = 0; row < height; row++) {
      const level = a * (x0 + halfX) + b * (y0 + row) + c
      let rowRR = 0
      for (let col = 0; col < width; col++) {
        const value = f32[valueAt / 4 + row * stride + col]!
        const residual = value - (a * (col - halfX) + level)
        if (!(Math.abs(residual) <= limit) || !Number.isFinite(value)) continue
        n++
        rowRR += residual * residual
      }
      rr += rowRR
    }
    f64.set([n, rr], recordAt / 8)
  }
}
