import { afterAll, describe, expect, test } from 'vitest'
import { casesFolder, lacksCases, readCases } from './conformance/cases.ts'
import { installedPrograms, lacksMontage, ourModules } from './conformance/programs.ts'
import { type CaseResult, runCase } from './conformance/run-case.ts'

interface BothResults {
  readonly ours: CaseResult
  /** Undefined when Montage is not installed. */
  readonly theirs: CaseResult | undefined
}

const results: BothResults[] = []
const hasMontage = !lacksCases && !lacksMontage()

describe.skipIf(lacksCases)('recorded cases of the classic programs', () => {
  for (const recorded of lacksCases ? [] : readCases()) {
    test(recorded.name, async () => {
      const ours = await runCase(casesFolder, recorded, ourModules)
      const theirs = hasMontage ? await runCase(casesFolder, recorded, installedPrograms) : undefined
      results.push({ ours, theirs })
      expect(ours.problem).toBeUndefined()
    })
  }

  afterAll(() => {
    const held = (all: readonly (CaseResult | undefined)[]): number =>
      all.filter((result) => result?.verdict === 'holds').length
    const lines = [
      ...results.map(line),
      `${held(results.map(({ ours }) => ours))} of ${results.length} cases hold`,
      ...(hasMontage
        ? [`of the installed Montage ${held(results.map(({ theirs }) => theirs))} hold their own cases`]
        : []),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  })
})

/** Case, verdict, largest difference, verdict of the installed program, and what is wrong. */
function line({ ours, theirs }: BothResults): string {
  const { name, verdict, largest, problem } = ours
  const difference = largest === undefined ? '-' : largest.toPrecision(2)
  const other = theirs === undefined ? '' : `Montage ${theirs.verdict}`
  const words = [problem, theirs?.problem === undefined ? undefined : `Montage: ${theirs.problem}`]
  const text = words.filter((word) => word !== undefined).join('; ')
  return `${name.padEnd(34)}${verdict.padEnd(12)}${difference.padEnd(10)}${other.padEnd(20)}${text}`.trimEnd()
}
