import { lazily } from '@skyloom/base'
import * as z from 'zod'
import { HOOK_EVENTS } from '../model/hook.ts'
import { JOB_TYPES } from '../model/job.ts'
import { PROFILE_NAMESPACES } from '../model/profile.ts'
import { CONTAINER_TYPES } from '../model/transformation-catalog.ts'
import { NODE_KINDS } from '../plan/node-graph.ts'
import { CLUSTER_STYLES, DATA_CONFIGURATIONS } from '../plan/options.ts'
import type { PlanLine } from './plan-lines.ts'

/** Version of the format of `plan.jsonl`; it grows when a reader of the former version would misread a line. */
export const PLAN_FORMAT_VERSION = 1

/** The schema of a line; programs that have written a plan do not check it. */
const planLine = lazily(() => {
  const count = z.number().int().nonnegative()
  const text = z.string()
  const optionalText = text.optional()
  const place = z.object({ site: text, url: text })
  const replica = z.object({ site: text, url: text, priority: z.number() })
  const metadata = z.array(z.object({ key: text, value: text }))
  const profile = z.object({ namespace: z.enum(PROFILE_NAMESPACES), key: text, value: text })
  const extension = z.object({ key: text, value: z.unknown() })

  const container = z.object({
    name: text,
    type: z.enum(CONTAINER_TYPES),
    image: text,
    imageSite: optionalText,
    mounts: z.array(text),
    bypass: z.boolean().optional(),
    checksum: z.object({ sha256: text }).optional(),
    profiles: z.array(profile),
    metadata,
    extensions: z.array(extension),
  })

  const executable = z.discriminatedUnion('type', [
    z.object({ type: z.literal('installed'), path: text, container: container.optional() }),
    z.object({ type: z.literal('staged'), lfn: text, container: container.optional() }),
    z.object({ type: z.literal('function'), name: text }),
    z.object({ type: z.literal('workflow'), lfn: text, location: replica.optional() }),
    z.object({ type: z.literal('dag'), lfn: text, location: replica.optional() }),
  ])

  const hooks = z.array(z.object({ on: z.enum(HOOK_EVENTS), command: text }))

  const task = z.object({
    id: text,
    type: z.enum(JOB_TYPES),
    transformation: text,
    executable,
    arguments: z.array(text),
    stdin: optionalText,
    stdout: optionalText,
    stderr: optionalText,
    hooks,
    metadata,
    environment: z.array(z.tuple([text, text])),
    runtimeSeconds: z.number().nonnegative().optional(),
    member: z
      .object({
        reads: z.array(text),
        writes: z.array(text),
        after: z.array(count),
        cores: z.number().positive(),
      })
      .optional(),
  })

  const input = z.object({
    lfn: text,
    sizeBytes: z.number().nonnegative().optional(),
    from: z.enum(['staging', 'replica', 'absent']),
    sources: z.array(replica),
    path: text,
    isOptional: z.boolean(),
    isExecutable: z.boolean(),
    containerType: z.enum(CONTAINER_TYPES).optional(),
    sha256: optionalText,
  })

  const output = z.object({
    lfn: text,
    sizeBytes: z.number().nonnegative().optional(),
    target: place,
    path: text,
    isStagedOut: z.boolean(),
    isCheckpoint: z.boolean(),
    deliverTo: z.array(place),
  })

  const transfer = z.object({
    lfn: text,
    action: z.enum(['stage_in', 'stage_out', 'inter_site']),
    sources: z.array(replica),
    target: place,
    containerType: z.enum(CONTAINER_TYPES).optional(),
    isLink: z.boolean(),
    sizeBytes: z.number().nonnegative().optional(),
    sha256: optionalText,
    integrity: z.enum(['verify', 'compute', 'none']),
  })

  return z.discriminatedUnion('type', [
    z.object({
      type: z.literal('plan'),
      version: z.literal(PLAN_FORMAT_VERSION),
      workflow: text,
      basename: text,
      dataConfiguration: z.enum(DATA_CONFIGURATIONS),
      relativeDir: text,
      jobs: count,
      edges: count,
      tasks: count,
      throttles: z.array(z.tuple([text, count])),
      warnings: z.array(text),
      hooks: hooks.optional(),
    }),
    z.object({
      type: z.literal('job'),
      number: count,
      name: text,
      kind: z.enum(NODE_KINDS),
      site: text,
      stagingSite: optionalText,
      level: count,
      priority: z.number().int(),
      category: optionalText,
      retries: count,
      dataConfiguration: z.enum(DATA_CONFIGURATIONS).optional(),
      tasks: z.array(task),
      cluster: z.object({ style: z.enum(CLUSTER_STYLES), reason: text }).optional(),
      inputs: z.array(input),
      outputs: z.array(output),
      transfers: z.array(transfer),
      registrations: z.array(z.object({ lfn: text, place, metadata })),
      removals: z.array(z.object({ lfn: optionalText, place })),
      directories: z.array(place),
      modes: z.array(place),
      profiles: z.array(profile),
      /** Numbers of the jobs that wait for this one. */
      children: z.array(count),
    }),
    z.object({ type: z.literal('end'), jobs: count, edges: count }),
  ])
})

/** Checks one line of `plan.jsonl` that was parsed as JSON. */
export function checkPlanLine(
  value: unknown,
): { readonly ok: true; readonly line: PlanLine } | { readonly ok: false; readonly reason: string } {
  const result = planLine().safeParse(value)
  if (!result.success) return { ok: false, reason: z.prettifyError(result.error) }
  // The schema is written to describe PlanLine; the round trip in its test fails when they part.
  return { ok: true, line: result.data as PlanLine }
}

/** The schema of a line of `plan.jsonl` as JSON Schema (draft 2020-12). */
export function planJsonSchema(): unknown {
  return z.toJSONSchema(planLine())
}

/** The same as text. The build puts it into programs, where it is the same in every run. */
export function planSchemaText(): string {
  return `${JSON.stringify(planJsonSchema(), undefined, 2)}\n`
}
