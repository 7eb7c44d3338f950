import type { RunRow } from '@skyloom/registry'
import type { EngineStore } from '../store/run-store.ts'
import {
  type AnalysisDocument,
  analysisDocument,
  analysisText,
  analyzeRun,
  type RunAnalysis,
} from './analyze-run.ts'
import { readRunRecord } from './run-record.ts'
import { jobPath, runFamily } from './sub-runs.ts'

/** What went wrong in a run and in those of its sub-workflows. */
export interface FamilyAnalysis {
  readonly root: RunAnalysis
  /** By the jobs that lead to them, outer ones first. */
  readonly subs: readonly { readonly path: string; readonly analysis: RunAnalysis }[]
}

/** Finds what went wrong in a run and in its sub-workflows at any depth. */
export async function analyzeFamily(store: EngineStore, run: RunRow): Promise<FamilyAnalysis> {
  const subs: { readonly path: string; readonly analysis: RunAnalysis }[] = []
  for (const member of (await runFamily(store, run)).slice(1))
    subs.push({ path: member.path, analysis: analyzeRun(await readRunRecord(store, member.run.id)) })
  return { root: analyzeRun(await readRunRecord(store, run.id)), subs }
}

/** Whether jobs failed or are held in any of the runs. */
export function hasFindings({ root, subs }: FamilyAnalysis): boolean {
  return [root, ...subs.map(({ analysis }) => analysis)].some(({ failed, held }) => failed > 0 || held > 0)
}

/** The analyses as text: the innermost cause first, then each run in which jobs failed or are held. */
export function familyText({ root, subs }: FamilyAnalysis): string {
  const found = subs.filter(({ analysis }) => analysis.failed > 0 || analysis.held > 0)
  return [
    ...causeLines({ root, subs }),
    analysisText(root),
    ...found.map(({ path, analysis }) => `\nsub-workflow: ${path}\n${analysisText(analysis)}`),
  ].join('')
}

/** The way to the job that failed first, when it is in a sub-workflow. */
function causeLines({ root, subs }: FamilyAnalysis): readonly string[] {
  let cause = root.failedJobs[0]
  let path = cause?.job ?? ''
  for (;;) {
    const inside = subs.find((sub) => sub.path === path)?.analysis.failedJobs[0]
    if (inside === undefined) break
    cause = inside
    path = jobPath(path, inside.job)
  }
  return cause === undefined || path === cause.job ? [] : [`root cause: ${path}: ${cause.reason}\n`]
}

/** The analyses with the keys of pegasus-analyzer's JSON; the runs of sub-workflows stand beside `root` by their paths. */
export function familyDocument({ root, subs }: FamilyAnalysis): object {
  const document = (path: string, analysis: RunAnalysis): AnalysisDocument => {
    const inner = subs.filter((sub) => sub.path.startsWith(path === '' ? '' : jobPath(path, '')))
    const start = path === '' ? 0 : jobPath(path, '').length
    return analysisDocument(
      analysis,
      new Map(inner.map((sub) => [sub.path.slice(start), sub.analysis.directory])),
    )
  }
  const { workflows, ...facts } = document('', root)
  const further = subs.map(({ path, analysis }) => [path, document(path, analysis).workflows.root] as const)
  return { ...facts, workflows: { ...workflows, ...Object.fromEntries(further) } }
}
