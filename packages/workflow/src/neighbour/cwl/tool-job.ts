import type { FileUse } from '../../model/file-use.ts'
import type { ComputeJob } from '../../model/job.ts'
import type { LossList } from '../imported.ts'
import { baseName } from '../safe-names.ts'
import { commandLine } from './command-line.ts'
import { evaluate, ReferenceError, type Scope, valueText } from './references.ts'
import { type Requirements, requirementProfiles, runtimeScope, secondaryNames } from './requirements.ts'
import { readType } from './types.ts'
import {
  asList,
  asMap,
  asText,
  type CwlFile,
  type CwlValue,
  entriesOf,
  filesIn,
  isFile,
  isList,
  type PlainMap,
  shortId,
} from './values.ts'

/** A call of a tool. */
export interface ToolCall {
  readonly tool: PlainMap
  readonly id: string
  /** Path of the call in the document, for messages: `steps.align`. */
  readonly where: string
  readonly inputs: ReadonlyMap<string, CwlValue>
  readonly requirements: Requirements
}

/** The job of a call, and the values of its outputs. */
export interface ToolResult {
  readonly job: ComputeJob
  /** Path or name of the program, as the tool names it. */
  readonly program: string
  readonly outputs: ReadonlyMap<string, CwlValue>
  /** Logical names of the streams: they may be renamed when another job has them too. */
  readonly streams: readonly string[]
}

/** Name that a stream gets; asked once per stream. */
export type NameStream = (wanted: string) => string

/**
 * Makes a job of a call.
 *
 * @throws {ReferenceError} for what needs JavaScript or only the run can show
 */
export function toolJob(call: ToolCall, nameStream: NameStream, losses: LossList): ToolResult {
  const { tool, id, inputs, requirements } = call
  const scope: Scope = { inputs, self: null, runtime: runtimeScope(requirements) }
  const [program = '', ...args] = commandLine(tool, scope)
  if (program === '') throw new ReferenceError('the tool has no program')
  const streams = new Map<string, string>()
  const stdout = streamName(tool, 'stdout', scope, id, nameStream, streams)
  const stderr = streamName(tool, 'stderr', scope, id, nameStream, streams)
  const stdin = stdinName(tool, scope, inputs)
  const outputs = new Map<string, CwlValue>()
  for (const output of entriesOf(tool.get('outputs'), 'id', 'type')) {
    const port = shortId(asText(output.get('id')) ?? '')
    outputs.set(
      port,
      outputValue(output, scope, { stdout, stderr, streams, where: `${call.where}.${port}`, losses }),
    )
  }
  noteCodes(tool, call.where, losses)
  const job: ComputeJob = {
    type: 'job',
    name: baseName(program).replaceAll(/[:\s]/g, '_'),
    id,
    nodeLabel: call.where === '' ? id : call.where.replaceAll('steps.', ''),
    arguments: args,
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    uses: uses([...inputs.values()], [...outputs.values()], [stdout, stderr]),
    profiles: requirementProfiles(requirements, scope, call.where === '' ? id : call.where, losses),
    hooks: [],
    metadata: [],
    extensions: [],
  }
  return { job, program, outputs, streams: [...streams.values()] }
}

function streamName(
  tool: PlainMap,
  stream: 'stdout' | 'stderr',
  scope: Scope,
  id: string,
  nameStream: NameStream,
  streams: Map<string, string>,
): string | undefined {
  const written = asText(tool.get(stream))
  const isPort = entriesOf(tool.get('outputs'), 'id', 'type').some(
    (output) => readType(output.get('type')).name === stream,
  )
  if (written === undefined && !isPort) return undefined
  const wanted = written === undefined ? `${id}.${stream}` : valueText(evaluate(written, scope))
  const own = nameStream(wanted)
  streams.set(wanted, own)
  return own
}

function stdinName(tool: PlainMap, scope: Scope, inputs: ReadonlyMap<string, CwlValue>): string | undefined {
  const written = asText(tool.get('stdin'))
  if (written !== undefined) return valueText(evaluate(written, scope))
  for (const input of entriesOf(tool.get('inputs'), 'id', 'type')) {
    if (readType(input.get('type')).name !== 'stdin') continue
    const value = inputs.get(shortId(asText(input.get('id')) ?? '')) ?? null
    if (isFile(value)) return value.lfn
  }
  return undefined
}

interface OutputContext {
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  readonly streams: ReadonlyMap<string, string>
  readonly where: string
  readonly losses: LossList
}

function outputValue(output: PlainMap, scope: Scope, context: OutputContext): CwlValue {
  const type = readType(output.get('type'))
  if (type.name === 'stdout' && context.stdout !== undefined) return plainFile(context.stdout)
  if (type.name === 'stderr' && context.stderr !== undefined) return plainFile(context.stderr)
  const binding = asMap(output.get('outputBinding'))
  const unknown = (reason: string): CwlValue => {
    context.losses.add(reason, context.where)
    return { kind: 'unknown', reason: `${reason} (${context.where})` }
  }
  if (type.name !== 'File') return unknown(`output of type ${type.name}, which only the run can show`)
  if (binding.has('outputEval')) return unknown('output that an expression computes')
  const globs = asList(binding.get('glob')).flatMap((glob) => globNames(asText(glob) ?? '', scope))
  if (globs.length === 0) return unknown('output without name')
  const wild = globs.find((name) => /[*?[\]{}]/.test(name))
  if (wild !== undefined) return unknown(`output with the pattern ${wild}, whose files only the run can show`)
  if (type.isOptional) context.losses.add('output that may be missing', context.where)
  const files = globs.map((name) => {
    const lfn = context.streams.get(name) ?? name.replace(/^\.\//, '')
    const secondary = secondaryNames(lfn, output.get('secondaryFiles')).map(plainFile)
    return { ...plainFile(lfn), secondaryFiles: secondary }
  })
  return type.depth > 0 ? files : (files[0] ?? null)
}

function globNames(glob: string, scope: Scope): readonly string[] {
  const value = evaluate(glob, scope)
  return isList(value) ? value.map(valueText) : [valueText(value)]
}

function plainFile(lfn: string): CwlFile {
  return { kind: 'file', lfn, secondaryFiles: [] }
}

function uses(
  inputs: readonly CwlValue[],
  outputs: readonly CwlValue[],
  streams: readonly (string | undefined)[],
): readonly FileUse[] {
  const byName = new Map<string, FileUse>()
  for (const file of inputs.flatMap(filesIn)) {
    const size =
      file.sizeBytes === undefined ? {} : { metadata: [{ key: 'size', value: String(file.sizeBytes) }] }
    byName.set(file.lfn, { lfn: file.lfn, type: 'input', ...size })
  }
  const written = [
    ...outputs.flatMap(filesIn).map((file) => file.lfn),
    ...streams.filter((name) => name !== undefined),
  ]
  for (const lfn of written) {
    const isRead = byName.get(lfn)?.type === 'input'
    byName.set(lfn, { lfn, type: isRead ? 'inout' : 'output', stageOut: false, registerReplica: false })
  }
  return [...byName.values()]
}

function noteCodes(tool: PlainMap, where: string, losses: LossList): void {
  for (const key of ['successCodes', 'temporaryFailCodes', 'permanentFailCodes']) {
    if (asList(tool.get(key)).length > 0) losses.add(key, where)
  }
}
