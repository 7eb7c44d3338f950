import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BaseError } from '@skyloom/base'
import { WorkflowError } from '../errors.ts'
import type { ImportedWorkflow, Loss } from '../neighbour/imported.ts'
import { exportWfFormat } from '../neighbour/wfformat/export.ts'
import {
  workflowChunks,
  writeProperties,
  writeReplicaCatalog,
  writeTransformationCatalog,
} from '../write/write.ts'
import type { Finding } from './finding.ts'
import { type OpenWorkflowOptions, openWorkflow, type WorkflowFormat } from './open-workflow.ts'
import { writeTextAtomic } from './write-text.ts'

/** Formats in which workflows are written: Pegasus 5 in YAML or JSON, WfFormat 1.5. */
export const WRITTEN_FORMATS = ['yaml', 'json', 'wfformat'] as const

/** Format in which a workflow is written. */
export type WrittenFormat = (typeof WRITTEN_FORMATS)[number]

/** Options of {@link convertWorkflow}. */
export interface ConvertWorkflowOptions extends OpenWorkflowOptions {
  /** Default: by the ending of the output, which decides for `.yml` and `.yaml` only. */
  readonly to?: WrittenFormat | undefined
  readonly overwrite?: boolean | undefined
}

/** What a conversion did. */
export type ConvertedWorkflow =
  | {
      readonly ok: true
      readonly from: WorkflowFormat
      readonly to: WrittenFormat
      readonly jobs: number
      /** Files that were written: the workflow, and beside it catalogs and properties that its format implies. */
      readonly written: readonly string[]
      /** What the formats cannot express. */
      readonly losses: readonly Loss[]
      readonly warnings: readonly Finding[]
    }
  | { readonly ok: false; readonly problems: readonly Finding[] }

/**
 * Converts a workflow between formats.
 *
 * @throws {BaseError} `BASE_EXISTS` before anything is written
 * @throws {WorkflowError} `WORKFLOW_BAD_OPTION` when the ending of `out` does not tell the format
 */
export async function convertWorkflow(
  path: string,
  out: string,
  options: ConvertWorkflowOptions = {},
): Promise<ConvertedWorkflow> {
  const to = options.to ?? formatByEnding(out)
  const opened = await openWorkflow(path, options)
  if (!opened.ok) return opened
  const losses = [...opened.losses]
  const files: (readonly [path: string, chunks: Iterable<string>])[] = []
  if (to === 'wfformat') {
    const exported = exportWfFormat(opened.workflow)
    losses.push(...exported.losses)
    files.push([out, [exported.text]])
  } else {
    files.push(
      [out, workflowChunks(opened.workflow, { format: to })],
      ...impliedFiles(opened, dirname(resolve(out))),
    )
  }
  if (options.overwrite !== true) for (const [file] of files) await refuseExisting(file)
  for (const [file, chunks] of files) await writeTextAtomic(file, chunks, options)
  return {
    ok: true,
    from: opened.format,
    to,
    jobs: opened.workflow.jobs.length,
    written: files.map(([file]) => file),
    losses,
    warnings: opened.warnings,
  }
}

function formatByEnding(out: string): WrittenFormat {
  if (/\.ya?ml$/i.test(out)) return 'yaml'
  throw new WorkflowError('WORKFLOW_BAD_OPTION', 'the ending does not tell the format to write', {
    where: [out],
    allowed: WRITTEN_FORMATS.join(', '),
    remedy: 'name it with --to',
  })
}

function* impliedFiles(
  imported: ImportedWorkflow,
  folder: string,
): Generator<readonly [string, Iterable<string>], void, undefined> {
  const { transformationCatalog, replicaCatalog, properties } = imported
  if (transformationCatalog !== undefined) {
    yield [join(folder, 'transformations.yml'), [writeTransformationCatalog(transformationCatalog)]]
  }
  if (replicaCatalog !== undefined)
    yield [join(folder, 'replicas.yml'), [writeReplicaCatalog(replicaCatalog)]]
  if (properties !== undefined) yield [join(folder, 'pegasus.properties'), [writeProperties(properties)]]
}

async function refuseExisting(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  throw new BaseError('BASE_EXISTS', 'the file exists already', {
    where: [path],
    remedy: 'choose another name or allow overwriting',
  })
}
