import { expect, test } from 'vitest'
import { job, planned, request, transformation, transformations } from '../../test/small-request.ts'
import type { PlanProblem } from '../plan/problem.ts'
import { parsePlanLine, planLines } from './plan-lines.ts'
import { planJsonSchema } from './plan-schema.ts'
import { runDirectoryFiles } from './run-directory.ts'

function linesOf(): readonly string[] {
  const staged = transformation('two<local')
  const plan = planned(
    request(['a one: raw=10 maybe? -> x [env.A=1]', job('b two: x -> y! [runtime=5]'), 'c one: raw -> z!'], {
      transformations: transformations(
        ['one@pool', { ...staged, sites: staged.sites.map((entry) => ({ ...entry, container: 'box' })) }],
        [
          {
            name: 'box',
            type: 'docker',
            image: 'docker:///image',
            mounts: ['/a:/b'],
            checksum: { sha256: 'ab' },
            profiles: [],
            metadata: [],
            extensions: [{ key: 'x-note', value: new Map([['k', 1]]) }],
          },
        ],
      ),
      options: { cluster: ['label'] },
    }),
  )
  return [...planLines(plan)]
}

test('every line fits its schema and holds the same as the plan', () => {
  const lines = linesOf()
  const parsed = lines.map((line, k) => parsePlanLine(line, k + 1))
  expect(parsed[0]).toMatchObject({ type: 'plan', version: 1, workflow: 'small', jobs: lines.length - 2 })
  expect(parsed.at(-1)).toMatchObject({ type: 'end', jobs: lines.length - 2 })
  expect(parsed).toEqual(lines.map((line): unknown => JSON.parse(line)))
})

test('parents come before children', () => {
  const seen = new Set<number>()
  for (const [k, line] of linesOf().entries()) {
    const parsed = parsePlanLine(line, k + 1)
    if (parsed.type !== 'job') continue
    for (const child of parsed.children) expect(seen.has(child)).toBe(false)
    seen.add(parsed.number)
  }
  expect(seen.size).toBeGreaterThan(5)
})

test('a line ends with a line end and has no other', () => {
  for (const line of linesOf()) expect(line.indexOf('\n')).toBe(line.length - 1)
})

test.each([
  ['{"type":"plan"', 'a line of the plan is not JSON'],
  ['{"type":"job","number":-1}', 'a line of the plan does not fit its schema'],
  ['{"type":"other"}', 'a line of the plan does not fit its schema'],
  ['null', 'a line of the plan does not fit its schema'],
])('%s is refused', (text, message) => {
  expect(() => parsePlanLine(text, 7)).toThrow(message)
  expect(() => parsePlanLine(text, 7)).toThrow('line 7')
})

test('a plan of another version is refused', () => {
  const [head = ''] = linesOf()
  expect(() => parsePlanLine(head.replace('"version":1', '"version":2'), 1)).toThrow(
    'does not fit its schema',
  )
})

test('the JSON Schema names every key of a job', () => {
  const schema = JSON.stringify(planJsonSchema())
  const job = parsePlanLine(linesOf()[1] ?? '', 2)
  for (const key of Object.keys(job)) expect(schema).toContain(`"${key}"`)
})

test('the run directory holds the plan, its schema and what was planned from', () => {
  const asked = request(['a one: raw -> x!'], { properties: { 'pegasus.mode': 'debug' } })
  const files = [...runDirectoryFiles(planned(asked))]
  expect(files.map((file) => file.path)).toEqual([
    'plan.jsonl',
    'plan.schema.json',
    'catalogs/workflow.yml',
    'catalogs/sites.yml',
    'catalogs/transformations.yml',
    'catalogs/replicas.yml',
    'catalogs/pegasus.properties',
  ])
  for (const file of files) expect([...file.chunks].join('').length).toBeGreaterThan(10)
})

test('warnings of the plan are in its first line', () => {
  const plan = planned(request(['a one: raw -> x!'], { options: { outputSites: [] } }))
  const head = parsePlanLine([...planLines(plan)][0] ?? '', 1)
  const [warning] = plan.warnings satisfies readonly PlanProblem[]
  expect(head).toMatchObject({ warnings: [expect.stringContaining(warning?.message ?? '')] })
})
