import { afterAll, describe, expect, test } from 'vitest'
import { casesFolder, readCases } from './conformance/cases.ts'
import { type CaseResult, runCase } from './conformance/run-case.ts'

const folder = casesFolder()
const results: CaseResult[] = []

/** Cases that a module is known not to hold, with the reason; a test fails when one of them begins to hold. */
const KNOWN_FAILURES: ReadonlyMap<string, string> = new Map([
  [
    'projectcube',
    'in 5 of 1440 pixels values of both signs cancel to less than a tenth of the noise of the image; the rounding of the areas of the original, 4e-6, is more than 5e-5 of what is left',
  ],
  [
    'projectpp_tan',
    'one pixel of 992, covered to 4e-6, has an area 3e-8 away: rounding of positions at 1e-11 pixel in the C program',
  ],
  [
    'projectpp_alternate_output',
    'the C program takes the angle between two near points from an arc cosine; one unit in its last place is 1e-7 pixel here',
  ],
  [
    'makehdr_gal_north_padded',
    'the box with north up is tighter than that of Montage; its centre is 5e-7 degree away, the last printed digits',
  ],
])

describe.skipIf(folder === undefined)('recorded cases of the classic programs', () => {
  for (const recorded of folder === undefined ? [] : readCases(folder)) {
    test(recorded.name, async (context) => {
      const result = await runCase(folder ?? '', recorded)
      results.push(result)
      if (result.verdict === 'not implemented') context.skip(`no module ${result.problem ?? ''}`)
      if (KNOWN_FAILURES.has(recorded.name)) expect(result.problem).toBeDefined()
      else expect(result.problem).toBeUndefined()
    })
  }

  afterAll(() => {
    const lines = results.map(
      ({ name, verdict, largest, problem }) =>
        `${name.padEnd(34)}${verdict.padEnd(17)}${largest === undefined ? '-' : largest.toPrecision(2)}${problem === undefined ? '' : `  ${problem}`}`,
    )
    const held = results.filter(({ verdict }) => verdict === 'holds').length
    process.stdout.write(`${lines.join('\n')}\n${held} of ${results.length} cases hold\n`)
  })
})
