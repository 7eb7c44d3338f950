import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModuleOutcome } from '../../src/command/run-module.ts'
import type { ConformanceCase, ExpectedField, ExpectedFile } from './cases.ts'
import { compareFits } from './compare-fits.ts'
import { compareNamed } from './compare-named.ts'
import { comparePng } from './compare-png.ts'
import { compareTan } from './compare-tan.ts'
import { type Comparison, comparePrinted, compareWord, readPrinted } from './compare-text.ts'
import type { ProgramRunner } from './programs.ts'

/** Outcome of one case. */
export interface CaseResult {
  readonly name: string
  readonly module: string
  readonly verdict: 'holds' | 'fails' | 'no program'
  /** Largest difference of any number, relative for pixels; undefined when nothing was compared. */
  readonly largest: number | undefined
  readonly problem: string | undefined
}

/** Runs one case in a fresh folder and compares status line, exit code and files. */
export async function runCase(
  folder: string,
  test: ConformanceCase,
  run: ProgramRunner,
): Promise<CaseResult> {
  const { name, module } = test
  const work = mkdtempSync(join(tmpdir(), 'skyloom-montage-'))
  try {
    const input = join(folder, name, 'input')
    if (existsSync(input)) cpSync(input, work, { recursive: true })
    makeFolders(test, work)
    const outcome = await runSteps(test, work, run)
    if (typeof outcome === 'string')
      return { name, module, verdict: 'no program', largest: undefined, problem: outcome }
    const { problem, largest } = await compareAll(test, join(folder, name, 'expected'), work, outcome)
    return { name, module, verdict: problem === undefined ? 'holds' : 'fails', largest, problem }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function stepsOf(test: ConformanceCase): readonly (readonly string[])[] {
  return test.steps ?? (test.argv === undefined ? [] : [test.argv])
}

/** The folders that a chain writes into: operands of its calls without an ending. Empty folders cannot be recorded. */
function makeFolders({ steps = [] }: ConformanceCase, work: string): void {
  for (const [, ...args] of steps)
    for (const word of args) if (/^\w+$/.test(word)) mkdirSync(join(work, word), { recursive: true })
}

/** The outcome of the last step, or the name of a program that is not there. */
async function runSteps(
  test: ConformanceCase,
  work: string,
  run: ProgramRunner,
): Promise<ModuleOutcome | string> {
  let last: ModuleOutcome = { exitCode: 0, stdout: '' }
  for (const [name = '', ...args] of stepsOf(test)) {
    const outcome = await run(name, args, work)
    if (outcome === undefined) return `no program ${name}`
    last = outcome
  }
  return last
}

async function compareAll(
  test: ConformanceCase,
  expectedFolder: string,
  work: string,
  outcome: ModuleOutcome,
): Promise<Comparison> {
  const { exit_code, struct, files = [], text_lines_kept } = test.expected
  const fail = (problem: string): Comparison => ({ problem, largest: Infinity })
  if (outcome.exitCode !== exit_code) return fail(`exit code ${outcome.exitCode}: ${outcome.stdout.trim()}`)
  const status = compareStruct(outcome.stdout, struct)
  if (status.problem !== undefined) return status
  let { largest } = status
  const isOrdered = test.expected.row_order?.startsWith('any') !== true
  for (const file of files) {
    if (!existsSync(join(work, file.path))) return fail(`${file.path} was not written`)
    if (file.kind === 'table' && !isOrdered) {
      const named = compareNamed(file.path, work, expectedFolder)
      if (named.problem !== undefined) return { ...named, problem: `${file.path}: ${named.problem}` }
      largest = Math.max(largest, named.largest)
      continue
    }
    const result = await compareFile(file, files, expectedFolder, work, text_lines_kept)
    if (result.problem !== undefined) return { ...result, problem: `${file.path}: ${result.problem}` }
    largest = Math.max(largest, result.largest)
  }
  return { problem: undefined, largest }
}

function compareStruct(stdout: string, expected: readonly ExpectedField[]): Comparison {
  if (expected.length === 0)
    return { problem: stdout === '' ? undefined : `nothing should be printed: ${stdout}`, largest: 0 }
  const line = stdout.split('\n').findLast((text) => text.startsWith('[struct')) ?? ''
  const fields = [...line.matchAll(/(\w+)=("(?:[^"]*)"|[^,\]]*)/g)].map((match) => ({
    key: match[1] ?? '',
    value: (match[2] ?? '').replace(/^"|"$/g, ''),
  }))
  const keys = expected.map(({ key }) => key).join()
  if (fields.map(({ key }) => key).join() !== keys)
    return { problem: `status line ${line}, expected keys ${keys}`, largest: Infinity }
  let largest = 0
  for (const [index, field] of expected.entries()) {
    const found = fields[index]?.value ?? ''
    const tolerance = field.tolerance === 'usage' ? 'exact' : field.tolerance
    const result = compareWord(found, field.value, tolerance)
    if (result.problem !== undefined) return { ...result, problem: `${field.key}: ${result.problem}` }
    largest = Math.max(largest, result.largest)
  }
  return { problem: undefined, largest }
}

async function compareFile(
  file: ExpectedFile,
  files: readonly ExpectedFile[],
  expectedFolder: string,
  work: string,
  linesKept: number | undefined,
): Promise<Comparison> {
  const expected = join(expectedFolder, file.path)
  const found = join(work, file.path)
  if (file.kind === 'fits') {
    const areaName = file.path.endsWith('_area.fits') ? file.path : file.path.replace(/\.fits$/, '_area.fits')
    const hasArea = file.tolerance === 'girard' && files.some(({ path }) => path === areaName)
    return await compareFits(
      found,
      expected,
      file.tolerance,
      hasArea ? join(expectedFolder, areaName) : undefined,
    )
  }
  if (file.tolerance === 'tanfit') return compareTan(found, expected)
  if (file.tolerance === 'png1') return comparePng(found, expected)
  if (file.tolerance === 'printed')
    return comparePrinted(readPrinted(found), readPrinted(expected), linesKept)
  return { problem: `no comparison for ${file.kind} at ${file.tolerance}`, largest: Infinity }
}
