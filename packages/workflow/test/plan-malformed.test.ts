import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pegasusCorpus, skipShared } from '../../../testing/shared-data.ts'
import {
  formatPlanProblem,
  formatProblem,
  planWorkflow,
  type ReadOptions,
  type ReadResult,
  readProperties,
  readReplicaCatalog,
  readSiteCatalog,
  readTransformationCatalog,
  readWorkflow,
} from '../src/index.ts'
import { planOptions } from './corpus-request.ts'

interface Variant {
  readonly name: string
  readonly kind: string
  readonly verdict: 'reject' | 'warn' | 'accept'
  readonly mention: readonly string[]
  readonly args: readonly string[]
  readonly props: Readonly<Record<string, string>>
}

const variants: readonly Variant[] = !skipShared
  ? // The corpus is trusted: its README describes this shape.
    (JSON.parse(readFileSync(`${pegasusCorpus}/malformed/index.json`, 'utf8')) as Variant[])
  : []

describe.skipIf(skipShared)('malformed variants get their verdict', () => {
  test.for(variants.map((variant) => [variant.name, variant] as const))('%s', ([, variant]) => {
    const { isPlanned, text } = judge(variant)
    expect(isPlanned).toBe(variant.verdict !== 'reject')
    if (variant.verdict !== 'accept') for (const word of variant.mention) expect(text).toContain(word)
  })
})

/** Reads and plans a variant; the text is everything that was said about it. */
function judge(variant: Variant): { readonly isPlanned: boolean; readonly text: string } {
  const folder = `${pegasusCorpus}/malformed/${variant.name}/`
  const said: string[] = []
  const state = { isReadable: true }
  const read = <T>(
    file: string,
    reader: (text: string, options: ReadOptions) => ReadResult<T>,
  ): T | undefined => {
    if (!existsSync(folder + file)) return undefined
    const result = reader(readFileSync(folder + file, 'utf8'), { name: file })
    said.push(...(result.ok ? result.warnings : result.problems).map(formatProblem))
    if (!result.ok) state.isReadable = false
    return result.ok ? result.value : undefined
  }
  const workflow = read('workflow.yml', readWorkflow)
  const sites = read('sites.yml', readSiteCatalog)
  const transformations = read('transformations.yml', readTransformationCatalog)
  const replicas = read('replicas.yml', readReplicaCatalog)
  const properties = new Map([
    ...(read('pegasus.properties', readProperties) ?? []),
    ...Object.entries(variant.props),
  ])
  if (!state.isReadable || workflow === undefined) return { isPlanned: false, text: said.join('\n') }
  const options = planOptions(variant.args)
  const result = planWorkflow({ workflow, sites, transformations, replicas, properties, options })
  said.push(...(result.ok ? result.plan.warnings : result.problems).map(formatPlanProblem))
  return { isPlanned: result.ok, text: said.join('\n') }
}
