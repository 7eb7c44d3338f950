import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pegasusCorpus, skipShared } from '../../../testing/shared-data.ts'
import { type Answer, skyloomIn, skyloomProcess } from './command.ts'

/* `skyloom plan`, run in folders of the corpus, gives the counts of the reference planner. */

interface ExpectedPlan {
  readonly args: readonly string[]
  readonly props: Readonly<Record<string, string>>
  readonly refused?: boolean
  readonly jobs: unknown
  readonly dag_nodes: number
  readonly dag_edges: number
  readonly transfers: unknown
  readonly tasks: unknown
  readonly nodes?: unknown
}

interface Variant {
  readonly name: string
  readonly verdict: 'reject' | 'warn' | 'accept'
  readonly mention: readonly string[]
  readonly args: readonly string[]
  readonly props: Readonly<Record<string, string>>
}

const expected = !skipShared
  ? // The corpus is trusted: its own README describes this shape.
    (
      JSON.parse(readFileSync(join(pegasusCorpus, 'expected-plans.json'), 'utf8')) as {
        plans: Readonly<Record<string, Readonly<Record<string, ExpectedPlan>>>>
      }
    ).plans
  : {}
const variants = !skipShared
  ? (JSON.parse(readFileSync(join(pegasusCorpus, 'malformed/index.json'), 'utf8')) as readonly Variant[])
  : []

function properties(props: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(props).map(([key, value]) => `-D${key}=${value}`)
}

/** Plans that a process of its own makes: every data configuration, clusters, several sites, all reused, refused. */
const AS_PROCESS: readonly (readonly [string, string])[] = [
  ['diamond', 'sharedfs'],
  ['diamond', 'nonsharedfs'],
  ['fan-20-clustersize5', 'condorio-horizontal'],
  ['multisite', 'multisite-nonsharedfs'],
  ['diamond-reuse-all', 'condorio'],
  ['hierarchical', 'condorio'],
  ['features', 'condorio'],
  ['wfi-montage-2mass-01d-001', 'condorio'],
  ['containers', 'sharedfs'],
]

describe.skipIf(skipShared)('skyloom plan in a folder of the corpus', () => {
  test.for(AS_PROCESS)('%s %s, as a process', async ([name, configuration]) => {
    const reference = expected[name]?.[configuration]
    if (reference === undefined) throw new Error(`the corpus has no plan ${name} ${configuration}`)
    const folder = join(pegasusCorpus, 'workflows', name)
    const args = [...reference.args, ...properties(reference.props)]
    check(await skyloomProcess(folder, 'plan', 'workflow.yml', '--dry-run', '--json', ...args), reference)
  })

  const all = Object.entries(expected).flatMap(([name, plans]) =>
    Object.entries(plans).map(([configuration, plan]) => [name, configuration, plan] as const),
  )
  test.for(all)('%s %s', async ([name, , reference]) => {
    const folder = join(pegasusCorpus, 'workflows', name)
    const args = [...reference.args, ...properties(reference.props)]
    check(await skyloomIn(folder, 'plan', '--dry-run', '-J', ...args), reference)
  })

  test('every plan of the corpus is compared', () => {
    expect(all.length).toBeGreaterThanOrEqual(221)
  })
})

function check({ code, stdout, stderr }: Answer, reference: ExpectedPlan): void {
  if (reference.refused === true) {
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .+/m)
    return
  }
  expect(code).toBe(0)
  const { jobs, dag_nodes, dag_edges, transfers, tasks, nodes } = JSON.parse(stdout) as Record<
    string,
    unknown
  >
  expect({ jobs, dag_nodes, dag_edges, transfers, tasks }).toEqual({
    jobs: reference.jobs,
    dag_nodes: reference.dag_nodes,
    dag_edges: reference.dag_edges,
    transfers: reference.transfers,
    tasks: reference.tasks,
  })
  if (reference.nodes !== undefined) {
    expect(Object.keys(nodes as object).sort()).toEqual(Object.keys(reference.nodes as object).sort())
  }
}

describe.skipIf(skipShared)('skyloom plan of malformed files', () => {
  test.for(variants.map((variant) => [variant.name, variant] as const))('%s', async ([, variant]) => {
    const folder = join(pegasusCorpus, 'malformed', variant.name)
    const args = [...variant.args, ...properties(variant.props)]
    const { code, stderr } = await skyloomIn(folder, 'plan', 'workflow.yml', '--dry-run', '--json', ...args)
    expect(code !== 0).toBe(variant.verdict === 'reject')
    if (variant.verdict !== 'accept') for (const word of variant.mention) expect(stderr).toContain(word)
    expect(stderr).not.toContain('something went wrong that should not')
  })
})
