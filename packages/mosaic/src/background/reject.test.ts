import { expect, test } from 'vitest'
import type { PlaneFit } from '../difference/fit-plane.ts'
import { rejectFits } from './reject.ts'

const IMAGES = [
  { width: 100, height: 100 },
  { width: 100, height: 100 },
]

function overlap(fit: Partial<PlaneFit>): { plus: number; minus: number; fit: PlaneFit } {
  const base = {
    a: 0,
    b: 0,
    c: 0,
    xmin: 0,
    xmax: 20,
    ymin: 0,
    ymax: 99,
    xcenter: 10,
    ycenter: 50,
    npixel: 2000,
    rms: 1,
  }
  const box = { x: 10, y: 50, width: 20, height: 99, angleDeg: 0 }
  // Sums play no part in the rejection.
  const sums = {} as PlaneFit['sums']
  return { plus: 0, minus: 1, fit: { ...base, box, sums, ...fit } }
}

test('keeps an ordinary overlap', () => {
  expect(rejectFits([overlap({})], IMAGES)).toEqual([undefined])
})

test('leaves out overlaps of fewer than 0.2 % of the mean image area', () => {
  expect(rejectFits([overlap({ npixel: 19 }), overlap({ npixel: 20 })], IMAGES)).toEqual([
    'too-few-pixels',
    undefined,
  ])
})

test('leaves out overlaps that are short in both directions for both images', () => {
  expect(rejectFits([overlap({ xmax: 24, ymax: 24 }), overlap({ xmax: 24, ymax: 25 })], IMAGES)).toEqual([
    'too-short',
    undefined,
  ])
})

test('leaves out overlaps far noisier than the others', () => {
  const quiet = Array.from({ length: 9 }, () => overlap({ rms: 1 }))
  expect(rejectFits([...quiet, overlap({ rms: 9 })], IMAGES).at(-1)).toBe('too-noisy')
  expect(rejectFits([...quiet, overlap({ rms: 1 })], IMAGES).at(-1)).toBeUndefined()
})
