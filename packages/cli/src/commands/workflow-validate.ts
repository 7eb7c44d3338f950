import { type Finding, validateWorkflowFile } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { printError } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printFindings } from '../terminal/findings.ts'
import { printJson } from '../terminal/output.ts'
import type { ReadFlags } from './workflow-read.ts'

/** `skyloom workflow validate`: exit 1 when a workflow has errors. */
export async function workflowValidate(
  paths: readonly string[],
  flags: ReadFlags & { readonly strict?: boolean; readonly json?: boolean },
): Promise<number> {
  const reports = []
  let hasFailed = false
  for (const path of paths) {
    try {
      const report = await validateWorkflowFile(path, { format: flags.from, inputsFile: flags.inputs })
      hasFailed ||= isRefused(report.findings, flags.strict === true)
      reports.push(report)
      if (flags.json !== true) printReport(path, report.findings)
    } catch (error) {
      hasFailed = true
      printError(error, process.stderr)
    }
  }
  if (flags.json === true) printJson(reports.length === 1 && paths.length === 1 ? reports[0] : reports)
  return hasFailed ? EXIT.failed : EXIT.done
}

function isRefused(findings: readonly Finding[], isStrict: boolean): boolean {
  return findings.some((finding) => isStrict || finding.severity === 'error')
}

function printReport(path: string, findings: readonly Finding[]): void {
  printFindings(findings)
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const text =
    errors + warnings === 0
      ? 'no fault found'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`
  process.stdout.write(`${path}: ${text}\n`)
}
