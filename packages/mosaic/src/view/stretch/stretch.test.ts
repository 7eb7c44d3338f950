import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classicGauss } from './classic-gauss.ts'
import { gaussianLevels } from './gaussian-levels.ts'
import {
  type CumulativeHistogram,
  cumulativeHistogram,
  histogramCounter,
  NO_VALUES,
  percentBelow,
  percentileLevel,
  sigmaLevel,
  widenExtent,
} from './histogram.ts'
import { inverseNormal } from './inverse-normal.ts'
import { levelsInto, levelTable } from './level-table.ts'
import { limitValue, parseRangeLimit } from './range-limit.ts'
import { makeStretch, parseStretchMode, stretchedLevel } from './stretch.ts'

describe('inverseNormal', () => {
  // Published quantiles of the normal distribution.
  test.for([
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.9772498680518208, 2],
    [0.0013498980316300933, -3],
    [0.975, 1.959963984540054],
  ] as const)('%d has the value %d', ([p, value]) => {
    expect(inverseNormal(p)).toBeCloseTo(value, 8)
  })
})

describe('classicGauss', () => {
  // Value of a recorded histogram file of Montage: 1 pixel of 1080.
  test('has the tails of Montage', () => {
    expect(classicGauss(1 / 1080)).toBeCloseTo(-3.112955, 5)
    expect(classicGauss(1 - 1 / 1080)).toBeCloseTo(3.112955, 5)
  })

  test('is within 5e-4 sigma of the truth up to 6 sigmas, and rises with p', () => {
    let before = -Infinity
    for (let exponent = -9; exponent < -0.4; exponent += 0.01) {
      const p = 10 ** exponent
      expect(Math.abs(classicGauss(p) - inverseNormal(p))).toBeLessThan(5e-4)
      expect(classicGauss(p)).toBeGreaterThan(before)
      before = classicGauss(p)
    }
    expect([classicGauss(0), classicGauss(0.5), classicGauss(1)]).toEqual([-Infinity, 0, Infinity])
  })
})

function histogramOf(values: Float32Array | Float64Array): CumulativeHistogram {
  const histogram = cumulativeHistogram(values)
  if (histogram === undefined) throw new Error('no histogram')
  return histogram
}

describe('histogram', () => {
  test('levels of evenly spread values', () => {
    const histogram = histogramOf(Float32Array.from({ length: 10001 }, (_, i) => i / 100))
    expect(percentileLevel(histogram, 25)).toBeCloseTo(25, 1)
    expect(percentileLevel(histogram, 0)).toBe(0)
    expect(percentileLevel(histogram, 100)).toBe(100)
    expect(sigmaLevel(histogram, -1)).toBeCloseTo(50 - 34, 1)
    expect(percentBelow(histogram, 25)).toBeCloseTo(25, 1)
    expect(percentBelow(histogram, -1)).toBe(0)
    expect(percentBelow(histogram, 101)).toBe(100)
  })

  test('no finite value, one value', () => {
    expect(cumulativeHistogram(Float32Array.of(Number.NaN, Infinity))).toBeUndefined()
    expect(cumulativeHistogram(Float32Array.of(5, 5))?.max).toBe(6)
  })

  test('is the same when the values come in parts', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 7)
    const parts = [values.subarray(0, 10), values.subarray(10, 700), values.subarray(700)]
    const counter = histogramCounter(parts.reduce(widenExtent, NO_VALUES))
    for (const part of parts) counter?.add(part)
    expect(counter?.finish()).toEqual(cumulativeHistogram(values))
  })
})

test.for([
  [72.94527830156548, 4561.030154605585],
  [0, 1],
] as const)(
  'the largest of values from %d to %d is alone in the last bin, and the brightest levels are for it',
  ([min, max]) => {
    const data = Float64Array.from({ length: 1000 }, (_, i) =>
      i === 0 ? max : min + (max - min) * (i / 2000),
    )
    const histogram = cumulativeHistogram(data)
    expect(histogram?.below.at(-1)).toBe(999)
    const levels = histogram === undefined ? [] : gaussianLevels(histogram, min, max, 'gaussian-log')
    expect(levels.every((level) => level >= min && level <= max)).toBe(true)
  },
)

describe('range strings', () => {
  test.for([
    ['12.5', { kind: 'value', level: 12.5, offset: 0 }],
    ['-1e3', { kind: 'value', level: -1000, offset: 0 }],
    ['99.5%', { kind: 'percentile', level: 99.5, offset: 0 }],
    ['-2s', { kind: 'sigma', level: -2, offset: 0 }],
    ['+.5S', { kind: 'sigma', level: 0.5, offset: 0 }],
    ['max-10', { kind: 'percentile', level: 100, offset: -10 }],
    ['50%+2.5', { kind: 'percentile', level: 50, offset: 2.5 }],
    ['med', { kind: 'percentile', level: 50, offset: 0 }],
  ] as const)('%s', ([text, limit]) => {
    expect(parseRangeLimit(text, 'display min')).toEqual(limit)
  })

  test.for([
    ['abc', "'abc' is not a valid display min"],
    ['', "'' is not a valid display min"],
    ['5x', "'5x' is not a valid display min"],
    ['-5%', "'-5%': negative percentile display min"],
    ['105%', "'105%': percentile display min larger than 100"],
    ['5%xx', "display min '5%xx' contains trailing junk"],
    ['min10', "display min 'min10' contains trailing junk"],
  ] as const)('%s is refused in the words of mViewer', ([text, problem]) => {
    expect(() => parseRangeLimit(text, 'display min')).toThrow(
      expect.objectContaining({ code: 'MOSAIC_BAD_OPTION', problem }) as Error,
    )
  })

  test('limits become data values', () => {
    const histogram = histogramOf(Float64Array.from({ length: 1001 }, (_, i) => i))
    expect(limitValue(histogram, parseRangeLimit('max-10', ''))).toBe(990)
    expect(Math.abs(limitValue(histogram, parseRangeLimit('med+5', '')) - 505)).toBeLessThan(1)
  })
})

describe('stretches', () => {
  const values = Float64Array.from({ length: 4001 }, (_, i) => 10 + (40 * ((i * 7919) % 4001) ** 1.5) / 4001)
  const histogram = histogramOf(values)
  const stretchOf = (word: string, min = '-1s', max = 'max') => {
    const mode = parseStretchMode(word, parseRangeLimit('2s', 'beta value'))
    if (mode === undefined) throw new Error(word)
    return makeStretch(histogram, { min: parseRangeLimit(min, ''), max: parseRangeLimit(max, ''), mode })
  }

  test('names of stretches', () => {
    const kinds = ['linear', 'log', 'loglog', '4', 'gauss', 'gaussian', 'gaussian-log', 'gl', 'asinh'].map(
      (word) => parseStretchMode(word),
    )
    expect(kinds.map((mode) => (mode?.kind === 'power' ? mode.power : mode?.kind))).toEqual([
      0,
      1,
      2,
      4,
      'gaussian',
      'gaussian',
      'gaussian-log',
      'gaussian-log',
      'asinh',
    ])
    expect(parseStretchMode('sinh')).toBeUndefined()
  })

  // ln(9x + 1) reaches 1 at x = (e - 1)/9.
  test('log is the natural logarithm and saturates early', () => {
    const log = stretchOf('log', '0', '100')
    expect(stretchedLevel(log, 5)).toBeCloseTo(255 * Math.log(1.45), 10)
    expect(stretchedLevel(log, 19.2)).toBe(255)
    expect(stretchedLevel(stretchOf('loglog', '0', '100'), 1)).toBeCloseTo(
      255 * Math.log(9 * Math.log(1.09) + 1),
      10,
    )
  })

  test.for(['linear', 'log', 'loglog', '3', 'gaussian', 'gaussian-log', 'asinh'])(
    'the table of %s gives the levels of the formula',
    (word) => {
      for (const rounding of ['nearest', 'down'] as const) {
        const stretch = stretchOf(word)
        const table = levelTable(stretch, rounding)
        const check = (value: number): void => {
          const out = new Uint8Array(1)
          levelsInto(out, table, Float64Array.of(value))
          const level = stretchedLevel(stretch, value)
          expect(out[0]).toBe(Math.floor(rounding === 'nearest' ? level + 0.5 : level))
        }
        fc.assert(fc.property(fc.double({ min: -50, max: 3000, noNaN: true }), check))
        for (const value of values.subarray(0, 500)) check(value)
      }
    },
  )

  test('negatives: a minimum above the maximum', () => {
    const negative = stretchOf('log', 'max', 'min')
    const out = new Uint8Array(2)
    levelsInto(out, levelTable(negative, 'nearest'), Float64Array.of(histogram.min, histogram.max))
    expect([...out]).toEqual([255, 0])
    expect(() => stretchOf('gaussian', 'max', 'min')).toThrow(/minimum below its maximum/)
  })

  test('pixels without data have level 0; equal limits are parted', () => {
    const out = new Uint8Array(3).fill(9)
    levelsInto(
      out,
      levelTable(stretchOf('linear', '20', '20'), 'nearest'),
      Float64Array.of(Number.NaN, 20.5, 30),
    )
    expect([...out]).toEqual([0, 128, 255])
  })

  test('infinite values have the end levels', () => {
    for (const word of ['linear', 'log', 'gaussian', 'asinh']) {
      const out = new Uint8Array(2).fill(9)
      levelsInto(out, levelTable(stretchOf(word), 'nearest'), Float64Array.of(Infinity, -Infinity))
      expect([...out]).toEqual([255, 0])
    }
  })

  test('an image of one value is flat in every stretch', () => {
    const flat = histogramOf(Float64Array.of(7, 7, 7))
    for (const word of ['linear', 'log', 'gaussian', 'gaussian-log', 'asinh']) {
      const mode = parseStretchMode(word)
      if (mode === undefined) throw new Error(word)
      const stretch = makeStretch(flat, {
        min: parseRangeLimit('min', ''),
        max: parseRangeLimit('max', ''),
        mode,
      })
      const out = new Uint8Array(2)
      levelsInto(out, levelTable(stretch, 'nearest'), Float64Array.of(7, 7))
      expect([...out]).toEqual([0, 0])
    }
  })
})
