import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { NodeKind, PlanJobLine, PlanTask } from '@skyloom/workflow'
import { filePathOf } from '../files/file-url.ts'
import { PLAN_FILE } from '../plan/plan-file.ts'

/** Whether a job is a run of its own: a workflow that is planned when its turn comes, or one that is planned already. */
export function isSubWorkflow(kind: NodeKind): boolean {
  return kind === 'sub_workflow' || kind === 'sub_dag'
}

/** Programs of one attempt of a job: one for each task, but two for a workflow, which is planned, then run. */
export function programCount({ kind, tasks }: Pick<PlanJobLine, 'kind' | 'tasks'>): number {
  return kind === 'sub_workflow' ? 2 : tasks.length
}

/** Path of the DAG, or the plan, that a job of type `condorWorkflow` names; `undefined` when it is on no place of this machine. */
export function dagPathOf({ executable }: Pick<PlanTask, 'executable'>): string | undefined {
  const url = executable.type === 'dag' ? executable.location?.url : undefined
  return url === undefined ? undefined : filePathOf(url)
}

/** Directory of a plan of Skyloom whose DAG, or plan, a job of type `condorWorkflow` names; `undefined` for other DAGs. */
export function plannedDirectory(task: Pick<PlanTask, 'executable'>): string | undefined {
  const path = dagPathOf(task)
  return path !== undefined && existsSync(join(dirname(path), PLAN_FILE)) ? dirname(path) : undefined
}
