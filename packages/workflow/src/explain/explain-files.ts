import { childrenOf } from '../graph/digraph.ts'
import type { Plan, PlanInput, PlanJob, PlanOutput } from '../plan/plan.ts'
import { listed, type Reason } from './reason.ts'

/** Most files of a job that are explained one by one. */
const MAX_FILES = 20

/** Where the files of a job come from and go to. */
export function explainFiles(plan: Plan, job: PlanJob, lfns: readonly string[]): readonly Reason[] {
  const own = new Set(lfns)
  const inputs = job.inputs.filter(
    (input) => own.has(input.lfn) || input.isExecutable || input.containerType !== undefined,
  )
  const outputs = job.outputs.filter((output) => own.has(output.lfn))
  const reasons: Reason[] = []
  for (const input of inputs.slice(0, MAX_FILES))
    reasons.push({ topic: 'input', text: inputText(plan, input) })
  if (inputs.length > MAX_FILES)
    reasons.push({ topic: 'input', text: `${inputs.length - MAX_FILES} more inputs` })
  for (const output of outputs.slice(0, MAX_FILES))
    reasons.push({ topic: 'output', text: outputText(plan, job, output) })
  if (outputs.length > MAX_FILES)
    reasons.push({ topic: 'output', text: `${outputs.length - MAX_FILES} more outputs` })
  return reasons
}

function inputText(plan: Plan, input: PlanInput): string {
  if (input.from === 'absent') return `${input.lfn}: optional, and no location is known`
  const { context } = plan.built
  const file = context.tasks.fileNumbers.get(input.lfn)
  const producer = file === undefined ? -1 : context.units.producer[file]!
  if (producer >= 0) return `${input.lfn}: written by ${plan.name(producer)}`
  const [first, ...others] = input.sources
  const fallback = others.length === 0 ? '' : `; else ${listed(others.map((other) => other.url))}`
  if (input.from === 'replica')
    return `${input.lfn}: taken straight from ${first?.url ?? ''} at ${first?.site ?? ''}${fallback}`
  return `${input.lfn}: ${stageInText(plan, input.lfn)}`
}

function stageInText(plan: Plan, lfn: string): string {
  const { graph, context } = plan.built
  const { lfns } = context.units.files
  for (let i = 0; i < graph.entries.count; i++) {
    const node = graph.entries.node[i]!
    if (plan.kind(node) !== 'stage_in' || lfns[graph.entries.file[i]!] !== lfn) continue
    const transfer = plan.job(node).transfers.find((candidate) => candidate.lfn === lfn)
    const [first, ...others] = transfer?.sources ?? []
    const rank =
      others.length === 0
        ? ''
        : `, ranked before ${listed(others.map((other) => `${other.url} at ${other.site}`))}`
    return `${plan.name(node)} brings it from ${first?.url ?? ''} at ${first?.site ?? ''}${rank}`
  }
  return 'lies in the scratch directory already'
}

function outputText(plan: Plan, job: PlanJob, output: PlanOutput): string {
  const readers: string[] = []
  const copies: string[] = []
  for (const child of childrenOf(plan.graph, job.number)) {
    const kind = plan.kind(child)
    const other =
      kind === 'stage_out' || kind === 'compute' || kind === 'sub_workflow' ? plan.job(child) : undefined
    if (other?.transfers.some((transfer) => transfer.lfn === output.lfn) === true) copies.push(other.name)
    if (other?.inputs.some((input) => input.lfn === output.lfn) === true) readers.push(other.name)
  }
  const parts = [
    readers.length === 0 ? undefined : `read by ${listed(readers)}`,
    copies.length > 0
      ? `brought to the output sites by ${listed(copies)}`
      : output.isStagedOut
        ? 'stays in scratch: no output site'
        : 'not staged out',
  ]
  return `${output.lfn}: ${parts.filter((part) => part !== undefined).join(', ')}`
}
