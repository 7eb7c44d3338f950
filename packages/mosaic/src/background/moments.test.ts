import { expect, test } from 'vitest'
import { boxMoments } from './moments.ts'

test('moments of a turned rectangle are those of a sum over many small squares', () => {
  const box = { x: 3, y: -7, width: 12, height: 5, angleDeg: 27 }
  const steps = 400
  const t = (27 * Math.PI) / 180
  const sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 }
  const cell = (box.width / steps) * (box.height / steps)
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < steps; j++) {
      const u = box.width * ((i + 0.5) / steps - 0.5)
      const v = box.height * ((j + 0.5) / steps - 0.5)
      const x = box.x + u * Math.cos(t) - v * Math.sin(t)
      const y = box.y + u * Math.sin(t) + v * Math.cos(t)
      sums.n += cell
      sums.x += cell * x
      sums.y += cell * y
      sums.xx += cell * x * x
      sums.xy += cell * x * y
      sums.yy += cell * y * y
    }
  }
  const moments = boxMoments(box)
  for (const key of ['n', 'x', 'y', 'xx', 'xy', 'yy'] as const) {
    // The midpoint rule is off by the square of the step.
    expect(Math.abs(moments[key] / sums[key] - 1), key).toBeLessThan(1e-4)
  }
})
