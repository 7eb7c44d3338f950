import { convertWorkflow, type WrittenFormat } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printFindings } from '../terminal/findings.ts'
import { printJson } from '../terminal/output.ts'
import { printLosses, type ReadFlags } from './workflow-read.ts'

/** Flags of `skyloom workflow convert`. */
export interface ConvertFlags extends ReadFlags {
  readonly to?: WrittenFormat
  readonly output?: string
  readonly inputPrefix?: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** `skyloom workflow convert` */
export async function workflowConvert(path: string, out: string, flags: ConvertFlags): Promise<number> {
  const result = await convertWorkflow(path, out, {
    format: flags.from,
    inputsFile: flags.inputs,
    inputPrefix: flags.inputPrefix,
    to: flags.to,
    overwrite: flags.overwrite,
  })
  printFindings(result.ok ? result.warnings : result.problems)
  if (!result.ok) return EXIT.failed
  printLosses(result.losses)
  if (flags.json === true) printJson(result)
  else {
    const left =
      result.losses.length === 0 ? '' : `; ${result.losses.length} kinds of things left out, listed above`
    process.stdout.write(
      `${result.written.join(', ')}: ${result.jobs} jobs, ${result.from} to ${result.to}${left}\n`,
    )
  }
  return EXIT.done
}
