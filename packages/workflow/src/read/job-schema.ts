import { type FileUse, LINK_TYPES } from '../model/file-use.ts'
import type { ShellHook } from '../model/hook.ts'
import { JOB_TYPES, type Job } from '../model/job.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import type { Profile } from '../model/profile.ts'
import type { Dependency } from '../model/workflow.ts'
import { hooks, metadata, profiles, versionText } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { flag, numeric, oneOf, text } from '../schema/scalar.ts'
import { mapped, type Schema } from '../schema/schema.ts'
import { optional, required, type ShapeValue, shape } from '../schema/shape.ts'
import { describeNode, type YamlNode } from '../yaml/node.ts'

const lfn = text({ noun: 'a logical file name' })

const useFields = {
  lfn: required(lfn),
  type: required(oneOf('link type', LINK_TYPES)),
  stageOut: optional(flag()),
  registerReplica: optional(flag()),
  optional: optional(flag()),
  bypass: optional(flag()),
  forPlanning: optional(flag()),
  size: optional(numeric('a size in bytes', 0, true)),
  namespace: optional(text({ noun: 'a name space' })),
  version: optional(versionText),
  executable: optional(flag()),
  metadata: optional(metadata),
} as const

/** One use of a file. The plain inputs and outputs of one name are shared objects. */
export const fileUse: Schema<FileUse> = mapped(
  shape(useFields, { noun: 'a use of a file', allowsExtensions: false }),
  toFileUse,
)

function toFileUse(fields: ShapeValue<typeof useFields>): FileUse {
  const { type, stageOut, registerReplica, optional: isOptional, bypass, forPlanning, size } = fields
  const { namespace, version, executable } = fields
  return {
    lfn: fields.lfn,
    type,
    ...(stageOut === undefined ? {} : { stageOut }),
    ...(registerReplica === undefined ? {} : { registerReplica }),
    ...(isOptional === undefined ? {} : { optional: isOptional }),
    ...(bypass === undefined ? {} : { bypass }),
    ...(forPlanning === undefined ? {} : { forPlanning }),
    ...(size === undefined ? {} : { sizeBytes: size }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(version === undefined ? {} : { version }),
    ...(executable === undefined ? {} : { executable }),
    ...(fields.metadata === undefined || fields.metadata.length === 0 ? {} : { metadata: fields.metadata }),
  }
}

/** A command argument: text, number, true or false, as it was written. */
const argument: Schema<string> = {
  read(node, context) {
    if (node.kind === 'scalar' && node.value !== null) return node.text
    context.report('WRONG_TYPE', 'an argument is expected', node, {
      found: describeNode(node),
      allowed: 'text or number',
    })
    return undefined
  },
  json: { type: ['string', 'number', 'boolean'] },
}

const jobFields = {
  type: required(oneOf('job type', JOB_TYPES, { dax: 'pegasusWorkflow', dag: 'condorWorkflow' })),
  id: required(text({ noun: 'a job id', pattern: /^[-0-9A-Za-z_]+$/, allowed: 'letters, digits, - and _' })),
  namespace: optional(text({ noun: 'a name space', mayBeEmpty: true })),
  name: optional(text({ noun: 'a transformation name' })),
  version: optional(text({ noun: 'a version', mayBeEmpty: true })),
  file: optional(lfn),
  nodeLabel: optional(text({ noun: 'a label', mayBeEmpty: true })),
  arguments: required(list(argument)),
  stdin: optional(lfn),
  stdout: optional(lfn),
  stderr: optional(lfn),
  uses: required(list(fileUse)),
  profiles: optional(profiles),
  hooks: optional(hooks),
  metadata: optional(metadata),
} as const

const NO_PROFILES: readonly Profile[] = Object.freeze([])
const NO_HOOKS: readonly ShellHook[] = Object.freeze([])
const NO_METADATA: readonly MetadataEntry[] = Object.freeze([])

/** One job of any kind. */
export const job: Schema<Job> = mapped(shape(jobFields, { noun: 'a job' }), toJob)

function toJob(fields: ShapeValue<typeof jobFields>, node: YamlNode, context: ReadContext): Job | undefined {
  const common = {
    id: fields.id,
    ...(fields.nodeLabel === undefined ? {} : { nodeLabel: fields.nodeLabel }),
    arguments: fields.arguments,
    ...(fields.stdin === undefined ? {} : { stdin: fields.stdin }),
    ...(fields.stdout === undefined ? {} : { stdout: fields.stdout }),
    ...(fields.stderr === undefined ? {} : { stderr: fields.stderr }),
    uses: fields.uses,
    profiles: fields.profiles ?? NO_PROFILES,
    hooks: fields.hooks ?? NO_HOOKS,
    metadata: fields.metadata ?? NO_METADATA,
    extensions: fields.extensions,
  }
  const { type, name, file, namespace, version } = fields
  if (type === 'job') {
    if (name === undefined) return reportKey(node, context, 'name', 'a job of type job needs the key name')
    if (file !== undefined) return reportKey(node, context, 'file', 'a job of type job has no key file', file)
    return {
      type,
      name,
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
      ...(version === undefined || version === '' ? {} : { version }),
      ...common,
    }
  }
  if (file === undefined) return reportKey(node, context, 'file', `a job of type ${type} needs the key file`)
  if (name !== undefined)
    return reportKey(node, context, 'name', `a job of type ${type} has no key name`, name)
  return { type, file, ...common }
}

function reportKey(
  node: YamlNode,
  context: ReadContext,
  key: string,
  message: string,
  found?: string,
): Job | undefined {
  context.problems.add(found === undefined ? 'MISSING_KEY' : 'UNKNOWN_KEY', message, {
    path: context.path(key),
    offset: node.offset,
    found: found ?? 'nothing',
  })
  return undefined
}

/** One entry of the dependencies. */
export const dependency: Schema<Dependency> = mapped(
  shape(
    { id: required(text({ noun: 'a job id' })), children: required(list(text({ noun: 'a job id' }), 1)) },
    {
      noun: 'a dependency',
      allowsExtensions: false,
    },
  ),
  ({ id, children }) => ({ id, children }),
)
