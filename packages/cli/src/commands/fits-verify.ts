import { atomicFile } from '@skyloom/base/node'
import { repairFits, type VerifyReport, verifyFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { printError } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

/** `skyloom fits verify`: exit 1 when a file has errors. */
export async function fitsVerify(
  paths: readonly string[],
  flags: { readonly json?: boolean; readonly repair?: string },
): Promise<number> {
  const reports = []
  let hasErrors = false
  for (const path of paths) {
    try {
      await using file = await openFitsFile(path)
      const report = await verifyFits(file)
      hasErrors ||= report.errorCount > 0
      reports.push(report)
      if (flags.json !== true) printFindings(path, report)
      if (flags.repair !== undefined) await repair(path, flags.repair, flags.json === true)
    } catch (error) {
      hasErrors = true
      printError(error, process.stderr)
    }
  }
  if (flags.json === true) printJson(reports.length === 1 ? reports[0] : reports)
  return hasErrors ? EXIT.failed : EXIT.done
}

function printFindings(path: string, { findings, omittedCount }: VerifyReport): void {
  if (findings.length === 0) process.stdout.write(`${path}: no fault found\n`)
  for (const { severity, code, message } of findings)
    process.stdout.write(`${severity}: ${message} [${code}]\n`)
  if (omittedCount > 0) process.stdout.write(`and ${omittedCount} more of the same kinds\n`)
}

async function repair(path: string, out: string, isQuiet: boolean): Promise<void> {
  await using file = await openFitsFile(path)
  const report = await repairFits(file, await atomicFile(out))
  if (!isQuiet)
    process.stdout.write(`${out}: ${report.repaired.length} repaired, ${report.left.length} left\n`)
}
