import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Workflow } from '../model/workflow.ts'
import { importCwl } from '../neighbour/cwl/import.ts'
import { importDag } from '../neighbour/dag/import.ts'
import { importDax } from '../neighbour/dax/import.ts'
import type { ImportedWorkflow } from '../neighbour/imported.ts'
import { importWfFormat, type WfFormatOptions } from '../neighbour/wfformat/import.ts'
import type { ReadResult } from '../problem/problem.ts'
import { readWorkflow } from '../read/workflow.ts'
import { documentFindings, type Finding } from './finding.ts'
import { readTextFile } from './text-file.ts'

/** Formats of workflows that are read. */
export const WORKFLOW_FORMATS = ['pegasus', 'wfformat', 'dax', 'cwl', 'dag'] as const

/** Format of a workflow: Pegasus 5, WfFormat 1.5, Pegasus 4 DAX, CWL 1.2, HTCondor DAG. */
export type WorkflowFormat = (typeof WORKFLOW_FORMATS)[number]

/** Options of {@link openWorkflow}. */
export interface OpenWorkflowOptions {
  /** Format of the file; default: found by ending and content. */
  readonly format?: WorkflowFormat | undefined
  /** Name of the file in messages; default its path. */
  readonly name?: string | undefined
  /** Input object (YAML or JSON) of a CWL workflow. */
  readonly inputsFile?: string | undefined
  /** URL in front of the names of the input files of a WfFormat instance: makes a replica catalog for site `local`. */
  readonly inputPrefix?: string | undefined
  /** Gives the value of `${NAME}` in catalogs inside the workflow; default: such texts stay. */
  readonly variables?: ((name: string) => string | undefined) | undefined
}

/** A workflow that was read, with what else its file says. */
export type OpenedWorkflow =
  | (ImportedWorkflow & {
      readonly ok: true
      readonly format: WorkflowFormat
      readonly warnings: readonly Finding[]
    })
  | { readonly ok: false; readonly format: WorkflowFormat; readonly problems: readonly Finding[] }

/**
 * Reads a workflow in any known format. For formats other than Pegasus 5, what cannot be expressed is in `losses`, and
 * catalogs and properties that the file implies come with it.
 *
 * @throws {BaseError} `BASE_READ_FAILED`
 */
export async function openWorkflow(path: string, options: OpenWorkflowOptions = {}): Promise<OpenedWorkflow> {
  const text = await readTextFile(path)
  const format = options.format ?? workflowFormat(path, text)
  const result = await readAs(format, path, text, options)
  if (!result.ok) return { ok: false, format, problems: documentFindings(result.problems) }
  return { ok: true, format, ...result.value, warnings: documentFindings(result.warnings) }
}

async function readAs(
  format: WorkflowFormat,
  path: string,
  text: string,
  options: OpenWorkflowOptions,
): Promise<ReadResult<ImportedWorkflow>> {
  const directory = dirname(resolve(path))
  const name = options.name ?? path
  const readFile = (named: string): string | undefined =>
    textIfThere(isAbsolute(named) ? named : resolve(directory, named))
  switch (format) {
    case 'pegasus': {
      const { variables } = options
      return imported(readWorkflow(text, variables === undefined ? { name } : { name, variables }))
    }
    case 'wfformat':
      return importWfFormat(text, { name, ...inputsAt(options.inputPrefix) })
    case 'dax':
      return importDax(text, { name })
    case 'dag':
      return importDag(text, { name, readFile, directory })
    case 'cwl': {
      const { inputsFile } = options
      const inputs = inputsFile === undefined ? {} : { inputs: await readTextFile(inputsFile) }
      return importCwl(text, { name, readFile, directory, ...inputs })
    }
  }
}

function inputsAt(urlPrefix: string | undefined): WfFormatOptions {
  return urlPrefix === undefined ? {} : { inputs: { site: 'local', urlPrefix } }
}

function imported(result: ReadResult<Workflow>): ReadResult<ImportedWorkflow> {
  return result.ok ? { ...result, value: { workflow: result.value, losses: [] } } : result
}

/** Largest submit description, tool or splice that is read. */
const MAX_NAMED_BYTES = 64 * 1024 * 1024

/** Text of a file that a document names; the importers say what is missing. */
function textIfThere(path: string): string | undefined {
  try {
    const facts = statSync(path)
    return facts.isFile() && facts.size <= MAX_NAMED_BYTES ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

/** Format of a workflow file by its ending and its content. */
export function workflowFormat(path: string, text: string): WorkflowFormat {
  const head = text.slice(0, 4096)
  if (/\.(?:dax|xml)$/i.test(path) || /^\s*</.test(head)) return 'dax'
  if (/\.dag$/i.test(path) || /^(?:\s*#.*\n|\s*\n)*\s*JOB\s+\S+\s+\S/i.test(head)) return 'dag'
  if (/\.cwl$/i.test(path) || /^\s*["']?cwlVersion["']?\s*:/m.test(text)) return 'cwl'
  const isInstance =
    /^\s*\{/.test(head) && /"schemaVersion"\s*:/.test(text) && !/^[^[]*"pegasus"\s*:/.test(head)
  return isInstance ? 'wfformat' : 'pegasus'
}
