import type { JsonValue, RunRow } from '@skyloom/registry'
import * as z from 'zod'
import { LOG_START, type LogPlace } from './growing-log.ts'

/** What the registry keeps of a run that DAGMan runs, in the same commit as what was made of its logs. */
export interface DagRunData {
  /** DAGMan as HTCondor calls it, once it was submitted. */
  readonly cluster?: string | undefined
  /** The DAGMan whose end is part of the history. */
  readonly ended?: string | undefined
  /** When the newest rescue file was written last, as {@link ended} was taken into the history. */
  readonly rescueMs?: number | undefined
  /** When it was about to be submitted; absent when its cluster is known. */
  readonly submittingMs?: number | undefined
  /** How far the job event log of the nodes was read. */
  readonly nodes: LogPlace
  /** How far the log of `JOBSTATE_LOG` was read. */
  readonly states: LogPlace
}

/** The data of a run of which nothing was read yet. */
export const NO_DAG_DATA: DagRunData = { nodes: LOG_START, states: LOG_START }

const place = z.object({ head: z.string(), offset: z.number() })
const schema = z.object({
  dagman: z.object({
    cluster: z.string().optional(),
    ended: z.string().optional(),
    rescueMs: z.number().optional(),
    submittingMs: z.number().optional(),
    nodes: place,
    states: place,
  }),
})

/** What is kept of a run that DAGMan runs; `undefined` when it is none. */
export function dagRunData(data: JsonValue): DagRunData | undefined {
  return schema.safeParse(data).data?.dagman
}

/** The data of a run with what is kept of DAGMan. */
export function withDagData(data: JsonValue, dagman: DagRunData): JsonValue {
  const others = z.record(z.string(), z.unknown()).catch({}).parse(data) as Readonly<
    Record<string, JsonValue>
  >
  return { ...others, dagman: { ...dagman, nodes: { ...dagman.nodes }, states: { ...dagman.states } } }
}

/** The DAGMan that runs a run now, as HTCondor calls it; it does so without anybody who follows it. */
export function dagmanJobOf({ data, endedMs }: Pick<RunRow, 'data' | 'endedMs'>): string | undefined {
  const known = dagRunData(data)
  return known === undefined || endedMs !== null || known.cluster === known.ended ? undefined : known.cluster
}
