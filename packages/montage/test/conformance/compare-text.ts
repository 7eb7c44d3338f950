import { readFileSync } from 'node:fs'

/** What a comparison found: undefined problem when it holds, and the largest difference seen. */
export interface Comparison {
  readonly problem: string | undefined
  readonly largest: number
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** One unit of the last printed digit of a number. */
export function lastDigit(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const decimals = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0
  return 10 ** (Number(exponent) - decimals)
}

/** Compares one word at a tolerance class. */
export function compareWord(found: string, expected: string, tolerance: string): Comparison {
  if (tolerance === 'ignore' || found === expected) return { problem: undefined, largest: 0 }
  const wrong = { problem: `found ${found}, expected ${expected}`, largest: Infinity }
  if (!NUMBER.test(found) || !NUMBER.test(expected) || tolerance === 'exact' || tolerance === 'int')
    return wrong
  const difference = Math.abs(Number(found) - Number(expected))
  const size = Math.abs(Number(expected))
  const allowed =
    tolerance === 'g6'
      ? Math.max(2e-5 * size, 1e-9)
      : tolerance.startsWith('fixed')
        ? 1.5 * 10 ** -Number(tolerance.slice(5))
        : Math.max(1.5 * lastDigit(expected), 1e-9 * size)
  return difference <= allowed * (1 + 1e-9)
    ? { problem: undefined, largest: difference }
    : { ...wrong, largest: difference }
}

/** What mProjExec writes about each image; the last column is the seconds that it took. */
const PROJECTION_STATISTICS = 'stats.tbl'

/** Text of a printed file, without times: they are never compared (README of the cases). */
export function readPrinted(path: string): string {
  const text = readFileSync(path, 'latin1')
  return path.endsWith(PROJECTION_STATISTICS) ? text.replaceAll(/\d+\.\d$/gm, '-') : text
}

/** Compares texts word by word (class `printed`); trailing blanks do not count. */
export function comparePrinted(found: string, expected: string, linesKept?: number): Comparison {
  const all = found.trimEnd().split('\n')
  const lines = linesKept === undefined ? all : all.slice(0, linesKept)
  const wanted = expected.trimEnd().split('\n')
  if (lines.length !== wanted.length)
    return { problem: `${lines.length} lines, expected ${wanted.length}`, largest: Infinity }
  let largest = 0
  for (const [index, line] of wanted.entries()) {
    const result = compareLine(lines[index] ?? '', line)
    if (result.problem !== undefined) return { ...result, problem: `line ${index + 1}: ${result.problem}` }
    largest = Math.max(largest, result.largest)
  }
  return { problem: undefined, largest }
}

function compareLine(found: string, expected: string): Comparison {
  if (found.trimEnd() === expected.trimEnd()) return { problem: undefined, largest: 0 }
  const words = found.trim().split(/\s+/)
  const wanted = expected.trim().split(/\s+/)
  if (words.length !== wanted.length || found.trimEnd().length !== expected.trimEnd().length)
    return { problem: `found ${found.trimEnd()}, expected ${expected.trimEnd()}`, largest: Infinity }
  let largest = 0
  for (const [index, word] of wanted.entries()) {
    const result = compareWord(words[index] ?? '', word, 'printed')
    if (result.problem !== undefined) return result
    largest = Math.max(largest, result.largest)
  }
  return { problem: undefined, largest }
}
