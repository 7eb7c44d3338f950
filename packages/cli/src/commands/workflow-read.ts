import type { Loss } from '@skyloom/workflow'
import { type OpenedWorkflow, openWorkflow, type WorkflowFormat } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printFindings } from '../terminal/findings.ts'

/** Flags of every command that reads a workflow. */
export interface ReadFlags {
  readonly from?: WorkflowFormat
  readonly inputs?: string
}

/** A workflow that was read without errors. */
export type ReadWorkflow = Extract<OpenedWorkflow, { ok: true }>

/** Reads a workflow and prints warnings; `undefined` after its errors were printed. */
export async function readWorkflowFile(path: string, flags: ReadFlags): Promise<ReadWorkflow | undefined> {
  const opened = await openWorkflow(path, { format: flags.from, inputsFile: flags.inputs })
  printFindings(opened.ok ? opened.warnings : opened.problems)
  if (opened.ok) return opened
  process.exitCode = EXIT.failed
  return undefined
}

/** What a conversion leaves out, one line each, to standard error. */
export function printLosses(losses: readonly Loss[]): void {
  for (const { what, where, count } of losses) {
    const times = count === 1 ? '' : `, ${count} times`
    process.stderr.write(`left out: ${what} (${where}${times})\n`)
  }
}
