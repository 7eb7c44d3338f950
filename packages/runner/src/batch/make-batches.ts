import type { PlanInput } from '@skyloom/workflow'
import { condorCommands, slurmWords } from './batch-directives.ts'
import type { BatchData, BatchTask } from './batch-file.ts'
import type { BatchKind } from './batch-site.ts'

/** Attempts that ask for the same, so that they can go in one submission. */
export interface TaskGroup {
  readonly data: BatchData
  readonly cores: number
  readonly memoryMb: number
  readonly timeoutMs: number
  readonly priority: number
  readonly directives: readonly string[]
  readonly tasks: BatchTask[]
}

/** How an attempt is to be submitted. */
export type TaskShape = Omit<TaskGroup, 'tasks'>

/** What an attempt asks of the scheduler. */
export function taskShape(task: BatchTask, kind: BatchKind, cores: number): TaskShape {
  const { plan, memoryMb, timeoutMs } = task
  return {
    data: dataOf(task, kind),
    cores: Math.max(1, cores),
    memoryMb,
    timeoutMs,
    priority: plan.priority,
    directives: kind === 'slurm' ? slurmWords(plan) : condorCommands(plan),
  }
}

function dataOf({ plan }: BatchTask, kind: BatchKind): BatchData {
  if (plan.dataConfiguration === 'sharedfs' || plan.dataConfiguration === undefined) return 'shared'
  return kind === 'slurm' ? 'remote' : 'carried'
}

/** Puts attempts with equal wishes together; groups of higher priority first, otherwise in order of arrival. */
export function groupTasks(
  tasks: readonly { readonly task: BatchTask; readonly shape: TaskShape }[],
): readonly TaskGroup[] {
  const groups = new Map<string, TaskGroup>()
  for (const { task, shape } of tasks) {
    const key = JSON.stringify(shape)
    const group = groups.get(key) ?? { ...shape, tasks: [] }
    group.tasks.push(task)
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => b.priority - a.priority)
}

/** Time for which an element takes short tasks one after the other. */
const PACK_MS = 30 * 60_000

/**
 * How many elements a group gets and how long each may work. An element costs the scheduler much more than a short task, and
 * more elements than cores do nothing sooner: so there are as many as can run at a time, each taking the next task when it has
 * done one. Tasks with a time limit share an element as far as all together fit into half an hour.
 *
 * @param slots cores that the site can give at a time
 */
export function elementsOf(
  group: TaskGroup,
  slots: number | undefined,
): { readonly elements: number; readonly elementMs: number } {
  const count = group.tasks.length
  const { timeoutMs } = group
  if (group.data === 'carried' || slots === undefined) return { elements: count, elementMs: timeoutMs }
  const parallel = Math.min(count, Math.max(1, Math.floor(slots / group.cores)))
  if (timeoutMs === 0) return { elements: parallel, elementMs: 0 }
  const each = Math.max(1, Math.min(Math.ceil(count / parallel), Math.floor(PACK_MS / timeoutMs)))
  return { elements: Math.ceil(count / each), elementMs: each * timeoutMs }
}

/** Inputs that a scheduler brings: with a staging site, or from the network, the node fetches them itself. */
export function carriedSource(task: BatchTask, input: PlanInput): string | undefined {
  if (task.plan.dataConfiguration !== 'condorio' || input.from === 'absent') return undefined
  return input.sources.find(({ url }) => url.startsWith('file:') || url.startsWith('/'))?.url
}
