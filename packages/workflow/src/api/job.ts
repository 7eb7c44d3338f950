import type { ComputeJob } from '../model/job.ts'
import { AbstractJob, type AbstractJobOptions } from './abstract-job.ts'
import { Transformation } from './transformation.ts'
import { checkText } from './values.ts'

/** Options of a {@link Job}. */
export interface JobOptions extends AbstractJobOptions {
  readonly namespace?: string
  readonly version?: string
}

/** A job that runs a transformation. */
export class Job extends AbstractJob {
  readonly namespace: string | undefined
  readonly name: string
  readonly version: string | undefined

  /** @param transformation the transformation, or its name */
  constructor(transformation: Transformation | string, options: JobOptions = {}) {
    super(options)
    const isObject = transformation instanceof Transformation
    const part = (what: string, value: string): string =>
      checkText(what, value, /^[^:\s]+$/, 'a text without colon and blanks')
    this.name = part('the transformation name', isObject ? transformation.name : transformation)
    const namespace = isObject ? transformation.namespace : options.namespace
    const version = isObject ? transformation.version : options.version
    this.namespace = namespace === undefined ? undefined : part('the name space', namespace)
    this.version = version === undefined ? undefined : part('the version', version)
  }

  /** The job as plain data. */
  build(id: string): ComputeJob {
    return {
      type: 'job',
      name: this.name,
      ...(this.namespace === undefined ? {} : { namespace: this.namespace }),
      ...(this.version === undefined ? {} : { version: this.version }),
      ...this.common(id),
    }
  }
}
