import { criticalPath } from '../graph/critical-path.ts'
import { topologicalOrder } from '../graph/order.ts'
import { scratchLimitBytes } from '../plan/cleanup/constraint.ts'
import { ACTION, type NodeKind } from '../plan/node-graph.ts'
import type { Plan } from '../plan/plan.ts'
import { fileFacts } from '../plan/transfer/known-file.ts'
import { estimateSeconds } from './estimate-seconds.ts'
import { simulateRun } from './simulate-run.ts'

/** What a forecast assumes where the plan does not say. */
export interface ForecastOptions {
  /** Jobs that run at a time on a site that does not say; default 4. */
  readonly slotsPerSite?: number
  /** Run time of a task without prediction, seconds; default 60. */
  readonly unknownSeconds?: number
  /** Rate of transfers, bytes per second; default 50e6. */
  readonly bytesPerSecond?: number
  /** Size of a file whose size is unknown, bytes; default 10 MiB. */
  readonly unknownBytes?: number
  /** Time from ready to running of every job, seconds; default 1. */
  readonly overheadSeconds?: number
}

/** Options with defaults filled in. */
export type ForecastAssumptions = Required<ForecastOptions>

/** Bytes of files, and how many have no known size. */
export interface BytesMoved {
  readonly files: number
  /** Bytes of the files whose size is known. */
  readonly knownBytes: number
  readonly unknownFiles: number
}

/** What a plan will cost. */
export interface Forecast {
  readonly jobs: Readonly<Partial<Record<NodeKind, number>>>
  readonly stageIn: BytesMoved
  readonly stageOut: BytesMoved
  readonly interSite: BytesMoved
  /** Sum of the run times of all tasks, seconds. */
  readonly taskSeconds: number
  /** Tasks whose run time is assumed. */
  readonly unknownTasks: number
  /** Wall time with the slots of the sites, seconds. */
  readonly wallSeconds: number
  /** Least wall time with any number of slots, seconds. */
  readonly criticalPathSeconds: number
  /** Jobs of the longest chain, first to last. */
  readonly criticalPath: readonly string[]
  /** Most bytes in the scratch directory of each site at a time. */
  readonly peakScratchBytes: ReadonlyMap<string, number>
  /** All bytes that jobs write there: what it would hold in the end without cleanup. */
  readonly writtenScratchBytes: ReadonlyMap<string, number>
  /** Bytes that are never exceeded there, in whatever order jobs run: with constraint cleanup, when the sizes of all files are known. */
  readonly scratchBoundBytes: ReadonlyMap<string, number>
  readonly assumptions: ForecastAssumptions
}

/** Forecasts cost and time of a plan from profiles, predictions of the request and sizes of files. */
export function forecastPlan(plan: Plan, options: ForecastOptions = {}): Forecast {
  const assumptions: ForecastAssumptions = {
    slotsPerSite: options.slotsPerSite ?? 4,
    unknownSeconds: options.unknownSeconds ?? 60,
    bytesPerSecond: options.bytesPerSecond ?? 50e6,
    unknownBytes: options.unknownBytes ?? 10 * 2 ** 20,
    overheadSeconds: options.overheadSeconds ?? 1,
  }
  const sizes = fileSizes(plan)
  const estimate = estimateSeconds(plan, sizes, assumptions)
  const weight = estimate.seconds.map((seconds) => seconds + assumptions.overheadSeconds)
  const longest = criticalPath(plan.graph, topologicalOrder(plan.graph), weight)
  const run = simulateRun(plan, weight, sizes, assumptions)
  return {
    jobs: plan.counts.jobs,
    stageIn: moved(plan, ACTION.stageIn, sizes),
    stageOut: moved(plan, ACTION.stageOut, sizes),
    interSite: moved(plan, ACTION.interSite, sizes),
    taskSeconds: estimate.taskSeconds,
    unknownTasks: estimate.unknownTasks,
    wallSeconds: run.wallSeconds,
    criticalPathSeconds: longest.length,
    criticalPath: longest.nodes.map((node) => plan.name(node)),
    peakScratchBytes: run.peakScratchBytes,
    writtenScratchBytes: run.writtenScratchBytes,
    scratchBoundBytes: sizes.some(Number.isNaN)
      ? new Map()
      : scratchBounds(plan, [...run.writtenScratchBytes.keys()]),
    assumptions,
  }
}

/** Size of every file of the plan in bytes, NaN when it is not known. */
function fileSizes(plan: Plan): Float64Array {
  const { context } = plan.built
  const { lfns } = context.units.files
  const sizes = new Float64Array(lfns.length)
  for (let file = 0; file < lfns.length; file++)
    sizes[file] = fileFacts(context, file).sizeBytes ?? Number.NaN
  return sizes
}

function scratchBounds({ built: { context } }: Plan, names: readonly string[]): ReadonlyMap<string, number> {
  if (context.settings.cleanup !== 'constraint') return new Map()
  return new Map(
    context.sites.sites.flatMap(({ name, index }) =>
      names.includes(name) ? [[name, scratchLimitBytes(context, index)] as const] : [],
    ),
  )
}

function moved(plan: Plan, action: number, sizes: Float64Array): BytesMoved {
  const { entries } = plan.built.graph
  let files = 0
  let knownBytes = 0
  let unknownFiles = 0
  for (let i = 0; i < entries.count; i++) {
    if (entries.action[i] !== action) continue
    files++
    const size = sizes[entries.file[i]!]!
    if (Number.isNaN(size)) unknownFiles++
    else knownBytes += size
  }
  return { files, knownBytes, unknownFiles }
}
