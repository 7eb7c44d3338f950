import type { PlanOptions } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import { type Finding, hasErrors, planFindings } from './finding.ts'
import { type MadeRequest, readRequest } from './plan-request.ts'
import type { RunTimes } from './run-times.ts'
import { type SourceFile, SourceReader } from './source-reader.ts'

/** Looks up how long transformations took in earlier runs, those of the workflow of this name first; nothing where there is no history. */
export type RunHistory = (
  workflow: string,
  transformations: readonly string[],
) => Promise<{ readonly name: string; readonly times: RunTimes } | undefined>

/** What a command line says about a plan. Relative paths belong to `folder`. */
export interface PlanFilesOptions {
  /** File of the workflow. Default `workflow.yml`. */
  readonly workflow?: string | undefined
  /**
   * Current folder; catalogs and properties with their usual names are looked for here and in `catalogs`, then beside the
   * workflow.
   */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Properties file in place of `pegasus.properties`. */
  readonly confFile?: string | undefined
  /** Properties that win over all others. */
  readonly definitions?: ReadonlyMap<string, string> | undefined
  /** Replica catalogs with the highest rank. */
  readonly cacheFiles?: readonly string[] | undefined
  /** Replica catalogs of a workflow that contains this one. */
  readonly inheritedFiles?: readonly string[] | undefined
  /** Directories whose files are inputs. */
  readonly inputDirs?: readonly string[] | undefined
  /** Directory whose files are programs. */
  readonly transformationsDir?: string | undefined
  /** Directories of earlier runs, or their output catalogs. */
  readonly reuse?: readonly string[] | undefined
  /** Past runs, or workflows with run times, from which run times are predicted. */
  readonly pastRuns?: readonly string[] | undefined
  /** Where run times are looked up when no past runs are given: a registry of runs. */
  readonly history?: RunHistory | undefined
  /** Directory below which runs are written. Default the current folder. */
  readonly dir?: string | undefined
  readonly group?: string | undefined
  readonly relativeDir?: string | undefined
  readonly relativeSubmitDir?: string | undefined
  readonly randomDir?: string | true | undefined
  /** Directory of the run that contains this sub-workflow: its catalogs, properties, sites and files are used. */
  readonly parentRun?: string | undefined
  /** Job of that run which this sub-workflow is. */
  readonly parentJob?: string | undefined
  /** What the planner itself is told. */
  readonly plan?: Omit<PlanOptions, 'relativeDir' | 'submitDir' | 'isSubWorkflow'> | undefined
  /** Time of planning. */
  readonly time?: Date | undefined
}

/** A plan made from files, or everything that is in its way. */
export type PlanFilesResult =
  | (MadeRequest & {
      readonly ok: true
      readonly plan: Plan
      readonly sources: readonly SourceFile[]
      readonly warnings: readonly Finding[]
    })
  | { readonly ok: false; readonly sources: readonly SourceFile[]; readonly problems: readonly Finding[] }

/**
 * Plans a workflow from files, as the command does. Problems of all files and of the plan are gathered; nothing is
 * written.
 *
 * @throws {BaseError} `BASE_READ_FAILED` for a file that was asked for and cannot be read
 */
export async function planFiles(options: PlanFilesOptions): Promise<PlanFilesResult> {
  const reader = new SourceReader(options.folder, options.environment ?? process.env)
  const made = await readRequest(options, reader)
  if (made === undefined || hasErrors(reader.findings)) {
    return { ok: false, sources: reader.sources, problems: sorted(reader.findings) }
  }
  const result = planWorkflow(made.request)
  if (!result.ok) {
    const problems = [...reader.findings, ...planFindings(result.problems)]
    return { ok: false, sources: reader.sources, problems: sorted(problems) }
  }
  const warnings = [...reader.findings, ...planFindings(result.plan.warnings)]
  return { ok: true, plan: result.plan, ...made, sources: reader.sources, warnings }
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
}
