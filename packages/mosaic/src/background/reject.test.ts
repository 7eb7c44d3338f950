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

test('takes back overlaps without which an image would stand alone', () => {
  // Three quiet images in a row and one in a nebula, all of whose overlaps are noisy; a fifth touches only with a corner.
  const images = Array.from({ length: 5 }, () => ({ width: 100, height: 100 }))
  const between = (plus: number, minus: number, fit: Partial<PlaneFit>): ReturnType<typeof overlap> => ({
    ...overlap(fit),
    plus,
    minus,
  })
  const quiet = Array.from({ length: 12 }, () => between(0, 1, { rms: 1 }))
  const fits = [
    ...quiet,
    between(1, 2, { rms: 1 }),
    between(2, 3, { rms: 9 }),
    between(1, 3, { rms: 8 }),
    between(0, 4, { ymax: 10, npixel: 100 }),
    between(1, 4, { ymax: 10, npixel: 200 }),
  ]
  expect(rejectFits(fits, images).slice(13)).toEqual([undefined, undefined, 'too-short', undefined])
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
