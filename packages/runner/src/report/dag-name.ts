import type { RunRow } from '@skyloom/registry'
import * as z from 'zod'

const facts = z.object({ dag: z.string() })

/** Name of the DAG file of a run that came from Pegasus; the name of the workflow for others. */
export function dagName({ data, label }: Pick<RunRow, 'data' | 'label'>): string {
  return facts.safeParse(data).data?.dag ?? label
}
