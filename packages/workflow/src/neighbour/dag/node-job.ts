import type { FileUse } from '../../model/file-use.ts'
import type { ComputeJob } from '../../model/job.ts'
import type { Profile } from '../../model/profile.ts'
import type { LossList } from '../imported.ts'
import { baseName } from '../safe-names.ts'
import {
  expandMacros,
  readEnvironment,
  type SubmitDescription,
  splitList,
  splitQuoted,
} from './submit-description.ts'

/** What a DAGMan file says about one node. */
export interface DagNode {
  readonly name: string
  readonly id: string
  readonly submitFile: string
  /** Submit description, `undefined` when it is not known. */
  readonly description: SubmitDescription | undefined
  readonly macros: Map<string, string>
  readonly profiles: Profile[]
}

/** A node as a job, with the executable and the files it takes along. */
export interface NodeJob {
  readonly job: ComputeJob
  readonly executable:
    | { readonly name: string; readonly path: string; readonly isStageable: boolean }
    | undefined
  /** Paths of the inputs by logical name. */
  readonly inputPaths: ReadonlyMap<string, string>
}

/** Commands that are read, and those that say where HTCondor itself writes. */
const KNOWN_COMMANDS = new Set([
  'executable',
  'arguments',
  'input',
  'output',
  'error',
  'transfer_input_files',
  'transfer_output_files',
  'environment',
  'transfer_executable',
])
/** Commands that a profile cannot set; the plan writes its own. */
const REFUSED_COMMANDS = new Set(['log', 'notify_user', 'x509userproxy', 'transfer_output_remaps'])

/** Makes a job from a node. */
export function nodeJob(node: DagNode, losses: LossList): NodeJob {
  const description = node.description ?? new Map<string, string>()
  const lookUp = (name: string): string | undefined =>
    node.macros.get(name) ?? (name === 'job' ? node.name : description.get(name))
  const unknown = (name: string): void => losses.add(`macro $(${name})`, `node ${node.name}`)
  const value = (command: string): string | undefined => {
    const written = node.macros.get(command) ?? description.get(command)
    return written === undefined ? undefined : expandMacros(written, lookUp, unknown)
  }
  const path = value('executable')?.replace(/^"(.*)"$/, '$1')
  const name =
    path === undefined
      ? baseName(node.submitFile).replace(/\.(?:sub|submit|condor|job)$/, '')
      : baseName(path)
  const inputPaths = new Map<string, string>()
  const slots = new Map<string, string>()
  const uses = nodeUses(value, inputPaths, slots)
  const job: ComputeJob = {
    type: 'job',
    name: name === '' ? 'unnamed' : name.replaceAll(/[:\s]/g, '_'),
    id: node.id,
    ...(node.id === node.name ? {} : { nodeLabel: node.name }),
    arguments: splitQuoted(value('arguments') ?? ''),
    ...Object.fromEntries(slots),
    uses,
    profiles: [...commandProfiles(node, description, value, losses), ...node.profiles],
    hooks: [],
    metadata: [],
    extensions: [],
  }
  const isStageable = value('transfer_executable')?.toLowerCase() !== 'false'
  return {
    job,
    executable: path === undefined ? undefined : { name: job.name, path, isStageable },
    inputPaths,
  }
}

function nodeUses(
  value: (command: string) => string | undefined,
  inputPaths: Map<string, string>,
  slots: Map<string, string>,
): readonly FileUse[] {
  const uses = new Map<string, FileUse>()
  const addInput = (path: string): string => {
    const lfn = baseName(path)
    inputPaths.set(lfn, path)
    uses.set(lfn, { lfn, type: 'input' })
    return lfn
  }
  const addOutput = (path: string): string => {
    const lfn = baseName(path)
    uses.set(lfn, { lfn, type: uses.has(lfn) ? 'inout' : 'output' })
    return lfn
  }
  for (const path of splitList(value('transfer_input_files'))) addInput(path)
  for (const path of splitList(value('transfer_output_files'))) addOutput(path)
  for (const [command, slot] of SLOTS) {
    const path = value(command)
    if (path === undefined || path === '' || path === '/dev/null') continue
    slots.set(slot, slot === 'stdin' ? addInput(path) : addOutput(path))
  }
  return [...uses.values()]
}

const SLOTS = [
  ['input', 'stdin'],
  ['output', 'stdout'],
  ['error', 'stderr'],
] as const

function commandProfiles(
  node: DagNode,
  description: SubmitDescription,
  value: (command: string) => string | undefined,
  losses: LossList,
): readonly Profile[] {
  const profiles: Profile[] = []
  for (const [key, variable] of readEnvironment(value('environment') ?? '')) {
    profiles.push({ namespace: 'env', key, value: variable })
  }
  for (const command of description.keys()) {
    if (KNOWN_COMMANDS.has(command)) continue
    if (REFUSED_COMMANDS.has(command)) losses.add(`submit command ${command}`, `node ${node.name}`)
    else profiles.push({ namespace: 'condor', key: command, value: value(command) ?? '' })
  }
  for (const [macro, written] of node.macros) {
    if (macro.startsWith('+')) profiles.push({ namespace: 'condor', key: macro, value: written })
  }
  return profiles
}
