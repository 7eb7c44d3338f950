import { shorten } from '@skyloom/base'
import { WorkflowError } from '../errors.ts'
import { childrenOf } from '../graph/digraph.ts'
import type { ShellHook } from '../model/hook.ts'
import type { DataConfiguration } from '../plan/options.ts'
import type { Plan, PlanJob } from '../plan/plan.ts'
import { formatPlanProblem } from '../plan/problem.ts'
import { checkPlanLine, PLAN_FORMAT_VERSION } from './plan-schema.ts'

/** Name of the plan in the directory of a run. */
export const PLAN_FILE = 'plan.jsonl'

/** First line of `plan.jsonl`. */
export interface PlanHeadLine {
  readonly type: 'plan'
  readonly version: number
  readonly workflow: string
  readonly basename: string
  readonly dataConfiguration: DataConfiguration
  /** Directory of the run below scratch directories. */
  readonly relativeDir: string
  readonly jobs: number
  readonly edges: number
  /** Tasks of the abstract workflow. */
  readonly tasks: number
  /** Categories with the most jobs that run at a time. */
  readonly throttles: readonly (readonly [string, number])[]
  readonly warnings: readonly string[]
  /** Hooks of the workflow itself; absent when it has none. */
  readonly hooks?: readonly ShellHook[] | undefined
}

/** A line of `plan.jsonl` with one job; parents come before children. */
export interface PlanJobLine extends PlanJob {
  readonly type: 'job'
  /** Numbers of the jobs that wait for this one. */
  readonly children: readonly number[]
}

/** Last line of `plan.jsonl`: a file without it was cut off. */
export interface PlanEndLine {
  readonly type: 'end'
  readonly jobs: number
  readonly edges: number
}

/** A line of `plan.jsonl`. */
export type PlanLine = PlanHeadLine | PlanJobLine | PlanEndLine

/** The lines of a plan, each with its line end. Jobs are made one at a time. */
export function* planLines(plan: Plan): Generator<string, void, undefined> {
  const { counts, graph } = plan
  const { settings } = plan.built.context
  const { hooks } = plan.built.request.workflow
  const head: PlanHeadLine = {
    type: 'plan',
    version: PLAN_FORMAT_VERSION,
    workflow: plan.workflowName,
    basename: plan.basename,
    dataConfiguration: settings.dataConfiguration,
    relativeDir: settings.relativeDir,
    jobs: plan.jobCount,
    edges: graph.edgeCount,
    tasks: counts.tasks.total,
    throttles: [...plan.throttles],
    warnings: plan.warnings.map(formatPlanProblem),
    ...(hooks.length === 0 ? {} : { hooks }),
  }
  yield `${JSON.stringify(head)}\n`
  for (const job of plan.jobs()) {
    const line: PlanJobLine = { type: 'job', ...job, children: [...childrenOf(graph, job.number)] }
    yield `${JSON.stringify(line, withPlainMaps)}\n`
  }
  const end: PlanEndLine = { type: 'end', jobs: plan.jobCount, edges: graph.edgeCount }
  yield `${JSON.stringify(end)}\n`
}

/** Values of vendor extensions are maps; in JSON they are objects. */
function withPlainMaps(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value
}

/** Longest line that is read, characters. */
const MAX_LINE_CHARS = 256 * 1024 * 1024

/**
 * Reads one line of `plan.jsonl`.
 *
 * @throws {WorkflowError} `WORKFLOW_INVALID` when it is not JSON or does not fit the schema
 */
export function parsePlanLine(text: string, lineNumber: number): PlanLine {
  const value = plainPlanLine(text, lineNumber)
  const checked = checkPlanLine(value)
  if (checked.ok) return checked.line
  throw new WorkflowError(
    'WORKFLOW_INVALID',
    `a line of the plan does not fit its schema: ${checked.reason}`,
    {
      where: placeOf(lineNumber),
      remedy: 'plan again with this version',
    },
  )
}

/**
 * A line of a `plan.jsonl` that is known to be as it was written, which is not checked again.
 *
 * @throws {WorkflowError} `WORKFLOW_INVALID` when it is not JSON
 */
export function trustedPlanLine(text: string, lineNumber: number): PlanLine {
  // Whoever wrote the file had made it of lines; the caller knows that these are its bytes.
  return plainPlanLine(text, lineNumber) as PlanLine
}

function placeOf(lineNumber: number): readonly string[] {
  return [PLAN_FILE, `line ${lineNumber}`]
}

function plainPlanLine(text: string, lineNumber: number): unknown {
  const where = placeOf(lineNumber)
  if (text.length > MAX_LINE_CHARS) {
    throw new WorkflowError('WORKFLOW_TOO_LARGE', 'a line of the plan is too long', {
      where,
      found: `${text.length} characters`,
      allowed: `${MAX_LINE_CHARS}`,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new WorkflowError('WORKFLOW_INVALID', 'a line of the plan is not JSON', {
      where,
      found: shorten(text),
      remedy: 'plan again',
      cause,
    })
  }
}
