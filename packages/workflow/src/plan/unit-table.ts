import type { Digraph } from '../graph/digraph.ts'
import { topologicalLevels } from '../graph/order.ts'
import type { Assignment } from './assign/assign.ts'
import type { CompanionFile } from './assign/executable.ts'
import { type Cluster, type ClusterInput, type Clustering, numberUnits } from './cluster/clustering.ts'
import { quotientGraph } from './cluster/quotient.ts'
import { type TaskTable, USE } from './task-table.ts'
import { type UseRows, UseRowsBuilder } from './use-rows.ts'

/** Kinds of units. */
export const UNIT = { compute: 0, subWorkflow: 1, subDag: 2 } as const

/** Files of a plan by number: those of the workflow, then staged executables and container images. */
export interface PlanFiles {
  readonly lfns: readonly string[]
  readonly sizeBytes: Float64Array
  /** Where a staged executable or image comes from; its number is the position plus `workflowFileCount`. */
  readonly companions: readonly CompanionFile[]
  readonly workflowFileCount: number
}

/** The jobs that the plan runs: tasks that stand alone, and clusters. */
export interface UnitTable {
  readonly unitCount: number
  /** Tasks of unit `u` in run order: `tasks[taskStart[u]]` to `tasks[taskStart[u + 1] - 1]`. */
  readonly taskStart: Uint32Array
  readonly tasks: Uint32Array
  /** Unit per task, -1 for tasks that are not planned. */
  readonly unitOf: Int32Array
  /** A value of {@link UNIT}. */
  readonly kind: Uint8Array
  /** Cluster of a unit that has one. */
  readonly clusters: ReadonlyMap<number, Cluster>
  readonly siteOf: Int32Array
  readonly stagingOf: Int32Array
  /** Position in `DATA_CONFIGURATIONS`. */
  readonly configurationOf: Uint8Array
  readonly inputs: UseRows
  readonly outputs: UseRows
  /** Unit that writes a file, -1 for files that come from outside. */
  readonly producer: Int32Array
  readonly files: PlanFiles
  readonly graph: Digraph
  /** Longest distance from a root; roots are level 0. */
  readonly level: Uint32Array
  readonly levelCount: number
}

/** Makes the table of units from tasks and clusters; files that only a cluster's own tasks exchange stay outputs. */
export function buildUnits(input: ClusterInput, clustering: Clustering): UnitTable {
  const { tasks, assignment } = input
  const numbers = numberUnits(input, clustering)
  const { unitCount, unitOf } = numbers
  const graph = quotientGraph(input.reuse.graph, numbers)
  const { level, levelCount } = topologicalLevels(graph)
  const rows = taskRows(tasks.taskCount, unitCount, unitOf, clustering)
  const companions = new CompanionNumbers(tasks, assignment)
  const uses = mergeUses(tasks, assignment, rows, companions)
  const files = companions.files()
  const unitSites = { siteOf: new Int32Array(unitCount), stagingOf: new Int32Array(unitCount) }
  const configurationOf = new Uint8Array(unitCount)
  const kind = new Uint8Array(unitCount)
  const clusters = new Map<number, Cluster>()
  for (let unit = 0; unit < unitCount; unit++) {
    const first = rows.tasks[rows.taskStart[unit]!]!
    unitSites.siteOf[unit] = assignment.siteOf[first]!
    unitSites.stagingOf[unit] = assignment.stagingOf[first]!
    configurationOf[unit] = assignment.configurationOf[first]!
    const type = tasks.jobs[first]?.type
    kind[unit] =
      type === 'pegasusWorkflow' ? UNIT.subWorkflow : type === 'condorWorkflow' ? UNIT.subDag : UNIT.compute
    const cluster = clustering.clusters[clustering.clusterOf[first]!]
    if (cluster !== undefined) clusters.set(unit, cluster)
  }
  return {
    unitCount,
    ...rows,
    unitOf,
    kind,
    clusters,
    ...unitSites,
    configurationOf,
    ...uses,
    producer: unitProducers(tasks, unitOf, files.lfns.length),
    files,
    graph,
    level,
    levelCount,
  }
}

function taskRows(
  taskCount: number,
  unitCount: number,
  unitOf: Int32Array,
  clustering: Clustering,
): { readonly taskStart: Uint32Array; readonly tasks: Uint32Array } {
  const taskStart = new Uint32Array(unitCount + 1)
  for (let task = 0; task < taskCount; task++) if (unitOf[task]! >= 0) taskStart[unitOf[task]! + 1]!++
  for (let unit = 0; unit < unitCount; unit++) taskStart[unit + 1]! += taskStart[unit]!
  const tasks = new Uint32Array(taskStart[unitCount]!)
  for (let task = 0; task < taskCount; task++) {
    const unit = unitOf[task]!
    if (unit >= 0 && clustering.clusterOf[task]! < 0) tasks[taskStart[unit]!] = task
  }
  for (const cluster of clustering.clusters) {
    const unit = unitOf[cluster.tasks[0] ?? 0]!
    cluster.tasks.forEach((task, k) => (tasks[taskStart[unit]! + k] = task))
  }
  return { taskStart, tasks }
}

/** Numbers of staged executables and images, after those of the workflow's files. */
class CompanionNumbers {
  readonly list: CompanionFile[] = []
  readonly #tasks: TaskTable
  readonly #ofExecutable: readonly (readonly number[])[]

  constructor(tasks: TaskTable, assignment: Assignment) {
    this.#tasks = tasks
    const numbers = new Map<string, number>()
    this.#ofExecutable = assignment.executables.map(({ companions }) =>
      companions.map((companion) => {
        const key = `${companion.lfn}\n${companion.source.site}\n${companion.source.pfn}`
        const known = numbers.get(key)
        if (known !== undefined) return known
        const number = tasks.lfns.length + this.list.length
        numbers.set(key, number)
        this.list.push(companion)
        return number
      }),
    )
  }

  get isEmpty(): boolean {
    return this.list.length === 0
  }

  of(executable: number): readonly number[] {
    return this.#ofExecutable[executable] ?? []
  }

  flags(file: number): number {
    return this.list[file - this.#tasks.lfns.length]?.flags ?? 0
  }

  files(): PlanFiles {
    const { lfns, sizeBytes } = this.#tasks
    if (this.isEmpty) return { lfns, sizeBytes, companions: [], workflowFileCount: lfns.length }
    const sizes = new Float64Array(lfns.length + this.list.length).fill(Number.NaN)
    sizes.set(sizeBytes)
    return {
      lfns: [...lfns, ...this.list.map((companion) => companion.lfn)],
      sizeBytes: sizes,
      companions: this.list,
      workflowFileCount: lfns.length,
    }
  }
}

/** Inputs and outputs of units. Without clusters, pruned tasks and staged executables these are the rows of the tasks. */
function mergeUses(
  tasks: TaskTable,
  assignment: Assignment,
  rows: { readonly taskStart: Uint32Array; readonly tasks: Uint32Array },
  companions: CompanionNumbers,
): { readonly inputs: UseRows; readonly outputs: UseRows } {
  const unitCount = rows.taskStart.length - 1
  const isSame = unitCount === tasks.taskCount && companions.isEmpty
  if (isSame) return { inputs: tasks.inputs, outputs: tasks.outputs }
  const fileCount = tasks.lfns.length + companions.list.length
  const inputs = new UseRowsBuilder(unitCount)
  const outputs = new UseRowsBuilder(unitCount)
  // Last unit that has a file among its inputs or outputs, and the entry of the input.
  const inputOf = new Int32Array(fileCount).fill(-1)
  const inputPlace = new Uint32Array(fileCount)
  const outputOf = new Int32Array(fileCount).fill(-1)
  for (let unit = 0; unit < unitCount; unit++) {
    const end = rows.taskStart[unit + 1]!
    for (let k = rows.taskStart[unit]!; k < end; k++) {
      const task = rows.tasks[k]!
      for (let i = tasks.inputs.start[task]!; i < tasks.inputs.start[task + 1]!; i++) {
        const file = tasks.inputs.file[i]!
        const flags = tasks.inputs.flags[i]!
        // What an earlier task of the cluster wrote is there already; checkpoints and changed files are their own outputs.
        if (inputOf[file] === unit) {
          // Optional for one task, needed by another: the cluster needs it.
          if ((flags & USE.optional) === 0) inputs.clear(inputPlace[file]!, USE.optional)
          continue
        }
        if (outputOf[file] === unit) continue
        inputOf[file] = unit
        inputs.add(file, flags)
        inputPlace[file] = inputs.lastPlace
      }
      for (let i = tasks.outputs.start[task]!; i < tasks.outputs.start[task + 1]!; i++) {
        const file = tasks.outputs.file[i]!
        if (outputOf[file] === unit) continue
        outputOf[file] = unit
        outputs.add(file, tasks.outputs.flags[i]!)
      }
      for (const file of companions.of(assignment.executableOf[task]!)) {
        if (inputOf[file] === unit) continue
        inputOf[file] = unit
        inputs.add(file, companions.flags(file))
      }
    }
    inputs.endRow()
    outputs.endRow()
  }
  return { inputs: inputs.finish(), outputs: outputs.finish() }
}

function unitProducers(tasks: TaskTable, unitOf: Int32Array, fileCount: number): Int32Array {
  const producer = new Int32Array(fileCount).fill(-1)
  for (let file = 0; file < tasks.lfns.length; file++) {
    const task = tasks.producer[file]!
    if (task >= 0) producer[file] = unitOf[task]!
  }
  return producer
}

/** True when the use is an executable or a container image that came with the transformation. */
export function isCompanion(flags: number): boolean {
  return (flags & (USE.executable | USE.container)) !== 0
}
