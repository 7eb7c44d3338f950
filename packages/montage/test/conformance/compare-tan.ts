import { readFileSync } from 'node:fs'
import type { Comparison } from './compare-text.ts'

/** Pixels by which the polynomials of two headers may differ inside the image. */
const TOLERANCE_PX = 1e-3
const COEFFICIENT = /^(A|B|AP|BP)_(\d+)_(\d+)\s*=\s*(\S+)/

/** Compares two distorted tangent-plane templates: the same lines but for the coefficients, and the same polynomials. */
export function compareTan(found: string, expected: string): Comparison {
  const [a, b] = [readTan(found), readTan(expected)]
  if (a.others.join('\n') !== b.others.join('\n')) {
    const index = b.others.findIndex((line, k) => line !== a.others[k])
    const problem = `line: found ${a.others[index] ?? 'nothing'}, expected ${b.others[index] ?? 'nothing'}`
    return { problem, largest: Infinity }
  }
  let largest = 0
  for (const name of ['A', 'B', 'AP', 'BP']) {
    for (let v = -b.size[1] / 2; v <= b.size[1] / 2; v += b.size[1] / 16) {
      for (let u = -b.size[0] / 2; u <= b.size[0] / 2; u += b.size[0] / 16) {
        const difference = Math.abs(polynomial(a, name, u, v) - polynomial(b, name, u, v))
        largest = Math.max(largest, difference)
      }
    }
  }
  return largest <= TOLERANCE_PX
    ? { problem: undefined, largest }
    : { problem: `polynomials differ by ${largest} pixel`, largest: Infinity }
}

interface Tan {
  readonly others: readonly string[]
  readonly terms: readonly {
    readonly name: string
    readonly i: number
    readonly j: number
    readonly c: number
  }[]
  readonly size: readonly [number, number]
}

function readTan(path: string): Tan {
  const lines = readFileSync(path, 'latin1')
    .split('\n')
    .map((line) => line.trimEnd())
  const terms = lines.flatMap((line) => {
    const match = COEFFICIENT.exec(line)
    return match === null
      ? []
      : [{ name: match[1] ?? '', i: Number(match[2]), j: Number(match[3]), c: Number(match[4]) }]
  })
  const value = (keyword: string): number =>
    Number(lines.find((line) => line.startsWith(keyword))?.split('=')[1] ?? Number.NaN)
  return {
    others: lines.filter((line) => line !== '' && !COEFFICIENT.test(line)),
    terms,
    size: [value('NAXIS1'), value('NAXIS2')],
  }
}

function polynomial({ terms }: Tan, name: string, u: number, v: number): number {
  return terms.filter((term) => term.name === name).reduce((sum, { i, j, c }) => sum + c * u ** i * v ** j, 0)
}
