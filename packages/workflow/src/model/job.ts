import type { FileUse } from './file-use.ts'
import type { ShellHook } from './hook.ts'
import type { MetadataEntry } from './metadata.ts'
import type { Extension } from './plain.ts'
import type { Profile } from './profile.ts'

/** Kinds of jobs in an abstract workflow. */
export const JOB_TYPES = ['job', 'pegasusWorkflow', 'condorWorkflow'] as const

/** Kind of a job: a program to run, a sub-workflow to plan and run, or a DAGMan file to run. */
export type JobType = (typeof JOB_TYPES)[number]

/** What all kinds of jobs have. Lists are never absent; equal lists may be one shared object. */
export interface AbstractJob {
  readonly type: JobType
  /** Unique within the workflow; letters, digits, `-` and `_`. */
  readonly id: string
  readonly nodeLabel?: string | undefined
  /** For a `pegasusWorkflow` these are planner options. */
  readonly arguments: readonly string[]
  /** Logical file names of the redirections; each is also in `uses`. */
  readonly stdin?: string | undefined
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
  readonly uses: readonly FileUse[]
  readonly profiles: readonly Profile[]
  readonly hooks: readonly ShellHook[]
  readonly metadata: readonly MetadataEntry[]
  readonly extensions: readonly Extension[]
}

/** A job that runs a transformation. */
export interface ComputeJob extends AbstractJob {
  readonly type: 'job'
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: string | undefined
}

/** A job that plans and runs another abstract workflow. */
export interface PegasusWorkflowJob extends AbstractJob {
  readonly type: 'pegasusWorkflow'
  /** Logical file name of the abstract workflow; also an input in `uses`. */
  readonly file: string
}

/** A job that runs a DAGMan file as it is. */
export interface CondorWorkflowJob extends AbstractJob {
  readonly type: 'condorWorkflow'
  /** Logical file name of the DAGMan file; also an input in `uses`. */
  readonly file: string
}

/** Any node of an abstract workflow. */
export type Job = ComputeJob | PegasusWorkflowJob | CondorWorkflowJob

/** Name of what the job runs, for people: the transformation id, or the file of a sub-workflow. */
export function jobTitle(job: Job): string {
  return job.type === 'job' ? transformationId(job) : job.file
}

/** Parts of the identity of a transformation. */
export interface TransformationName {
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: string | undefined
}

/** Identity of a transformation as text, `namespace::name:version`; absent parts and their marks are left out. */
export function transformationId(transformation: TransformationName): string {
  const { namespace, name, version } = transformation
  const start = namespace === undefined || namespace === '' ? '' : `${namespace}::`
  return version === undefined || version === '' ? `${start}${name}` : `${start}${name}:${version}`
}

/** Parts of `namespace::name:version`; the inverse of {@link transformationId}. */
export function parseTransformationId(id: string): TransformationName {
  const cut = id.indexOf('::')
  const rest = cut < 0 ? id : id.slice(cut + 2)
  const colon = rest.indexOf(':')
  return {
    ...(cut > 0 ? { namespace: id.slice(0, cut) } : {}),
    name: colon < 0 ? rest : rest.slice(0, colon),
    ...(colon >= 0 && colon < rest.length - 1 ? { version: rest.slice(colon + 1) } : {}),
  }
}
