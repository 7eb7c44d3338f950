import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { examplesOf, runExample } from '../../../testing/document-examples.ts'
import * as api from '../src/api/index.ts'
import { formatProblem, readWorkflow } from '../src/index.ts'

const repository = new URL('../../../', import.meta.url)
const guide = readFileSync(new URL('docs/coming-from-pegasus.md', repository), 'utf8')

test.for(examplesOf('packages/workflow/README.md'))(
  'README, $name: the program prints what it says',
  async (example) => {
    expect(await runExample(example)).toBe(example.output)
  },
)

test('the problem that the guide shows is a real one', () => {
  const shown = /^workflow\.yml:.*\[UNKNOWN_VALUE\]$/m.exec(guide)?.[0]
  const lines = [
    'pegasus: "5.0"',
    'name: x',
    'jobs:',
    '- type: job',
    '  name: n',
    '  id: A',
    '  arguments:',
    '  - a',
    '  - b',
    '  - c',
    '  uses:',
    '  - lfn: f.a',
    '    type: input',
    '  - lfn: f.b',
    '    type: in',
  ]
  const result = readWorkflow(`${lines.join('\n')}\n`, { name: 'workflow.yml' })
  const said = result.ok ? [] : result.problems.map(formatProblem)
  expect(said).toEqual([shown])
})

/** Calls `new Class(` and `.method(` in the right column of the table of the API. */
function namesInGuide(pattern: RegExp): readonly string[] {
  const rows = guide.split('\n').filter((line) => /^\| `.*` \| `/.test(line))
  return rows.flatMap((row) =>
    [...(row.split(' | ').at(-1) ?? '').matchAll(pattern)].map((match) => match[1] ?? ''),
  )
}

test('the classes and methods that the guide names exist', () => {
  const classes = namesInGuide(/new (\w+)\(/g)
  expect(classes.length).toBeGreaterThan(6)
  for (const name of classes) expect(api).toHaveProperty(name)
  const prototypes = Object.values(api)
    .filter((value) => typeof value === 'function')
    .map((value) => value.prototype as object | undefined)
  for (const name of namesInGuide(/\.(\w+)\(/g)) {
    if (name !== 'build')
      expect(
        prototypes.some((prototype) => prototype !== undefined && name in prototype),
        name,
      ).toBe(true)
  }
})
