import type { Extension, PlainValue } from '../../model/plain.ts'
import { list } from '../../schema/list.ts'
import { plainValue } from '../../schema/plain.ts'
import { numeric, oneOf, text } from '../../schema/scalar.ts'
import type { Schema } from '../../schema/schema.ts'
import { optional, required, shape } from '../../schema/shape.ts'

/** A task of the specification. */
export interface Task {
  readonly name: string
  readonly id: string
  readonly parents: readonly string[]
  readonly children: readonly string[]
  readonly inputFiles?: readonly string[] | undefined
  readonly outputFiles?: readonly string[] | undefined
  readonly extensions: readonly Extension[]
}

/** A task of the execution. */
export interface ExecutedTask {
  readonly id: string
  readonly runtimeInSeconds: number
  readonly command?: Command | undefined
  readonly coreCount?: number | undefined
  readonly extensions: readonly Extension[]
}

/** Program and arguments of a task. */
export interface Command {
  readonly program?: string | undefined
  readonly arguments?: readonly string[] | undefined
  readonly extensions: readonly Extension[]
}

/** A document of WfFormat 1.5. Keys that are not named are kept as extensions. */
export interface WfFormat {
  readonly name: string
  readonly description?: PlainValue | undefined
  readonly createdAt?: PlainValue | undefined
  readonly runtimeSystem?: PlainValue | undefined
  readonly author?: PlainValue | undefined
  readonly workflow: {
    readonly specification: {
      readonly tasks: readonly Task[]
      readonly files?:
        | readonly {
            readonly id: string
            readonly sizeInBytes: number
            readonly extensions: readonly Extension[]
          }[]
        | undefined
      readonly extensions: readonly Extension[]
    }
    readonly execution?:
      | {
          readonly makespanInSeconds: number
          readonly executedAt: PlainValue
          readonly tasks: readonly ExecutedTask[]
          readonly machines?: PlainValue | undefined
          readonly extensions: readonly Extension[]
        }
      | undefined
    readonly extensions: readonly Extension[]
  }
  readonly extensions: readonly Extension[]
}

const id = text({ noun: 'an id' })

/** Any value, kept as it is. */
const anything: Schema<PlainValue> = { read: (node) => plainValue(node), json: {} }

const task: Schema<Task> = shape(
  {
    name: required(text({ noun: 'a task name' })),
    id: required(id),
    parents: required(list(id)),
    children: required(list(id)),
    inputFiles: optional(list(id)),
    outputFiles: optional(list(id)),
  },
  { noun: 'a task', isOpen: true },
)

const command: Schema<Command> = shape(
  {
    program: optional(text({ noun: 'a program' })),
    arguments: optional(list(text({ noun: 'an argument', mayBeEmpty: true }))),
  },
  { noun: 'a command', isOpen: true },
)

const executedTask: Schema<ExecutedTask> = shape(
  {
    id: required(id),
    runtimeInSeconds: required(numeric('a run time in seconds')),
    command: optional(command),
    coreCount: optional(numeric('a number of cores', 1)),
  },
  { noun: 'an executed task', isOpen: true },
)

const file = shape(
  { id: required(id), sizeInBytes: required(numeric('a size in bytes', 0, true)) },
  { noun: 'a file', isOpen: true },
)

const specification = shape(
  { tasks: required(list(task, 1)), files: optional(list(file)) },
  { noun: 'a specification', isOpen: true },
)

const execution = shape(
  {
    makespanInSeconds: required(numeric('a makespan in seconds')),
    executedAt: required(anything),
    tasks: required(list(executedTask)),
    machines: optional(anything),
  },
  { noun: 'an execution', isOpen: true },
)

/** Reads a document of WfFormat 1.5. */
export const wfFormat: Schema<WfFormat> = shape(
  {
    name: required(text({ noun: 'a workflow name' })),
    schemaVersion: required(oneOf('version of WfFormat', ['1.5'])),
    description: optional(anything),
    createdAt: optional(anything),
    runtimeSystem: optional(anything),
    author: optional(anything),
    workflow: required(
      shape(
        { specification: required(specification), execution: optional(execution) },
        { noun: 'a workflow', isOpen: true },
      ),
    ),
  },
  { noun: 'a WfFormat document', isOpen: true },
)
