import { writeFileAtomic } from '@skyloom/base/node'
import { verifyStorage } from '@skyloom/registry'
import { rescueFile } from '@skyloom/runner'
import { fileFacts } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson } from '../terminal/output.ts'
import { progressDisplay } from '../terminal/progress.ts'
import { storageReportText } from './registry-care.ts'
import { type RunFlags, withRun } from './run-look.ts'

/** Flags of `run verify`. */
export interface VerifyRunFlags extends RunFlags {
  readonly quick?: boolean
}

/** `skyloom run verify`: exit 1 for any difference. */
export async function verifyRun(name: string | undefined, flags: VerifyRunFlags): Promise<number> {
  const interrupt = interruptSignal(process, process.stderr)
  const progress = process.stderr.isTTY ? progressDisplay(process.stderr) : undefined
  try {
    return await withRun(name, flags, async (registry, run) => {
      const report = await verifyStorage(registry.files, {
        runId: run.id,
        depth: flags.quick === true ? 'size' : 'checksum',
        readFacts: fileFacts,
        onProgress: progress?.listener,
        signal: interrupt.signal,
      })
      progress?.end()
      if (flags.json === true) printJson({ run: run.id, ...report })
      else process.stdout.write(storageReportText(report))
      return report.damaged.length === 0 ? EXIT.done : EXIT.failed
    })
  } finally {
    interrupt.release()
  }
}

/** Flags of `run rescue`. */
export interface RescueFlags extends RunFlags {
  readonly out?: string
  readonly overwrite?: boolean
}

/** `skyloom run rescue` */
export async function writeRescue(name: string | undefined, flags: RescueFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const { path, chunks, doneCount, failedCount } = await rescueFile(registry.runs, run.id)
    const file = flags.out ?? path
    await writeFileAtomic(file, [...chunks].join(''), { overwrite: flags.overwrite === true })
    if (flags.json === true) printJson({ run: run.id, file, done: doneCount, failed: failedCount })
    else process.stdout.write(`${doneCount} jobs done, ${failedCount} failed: written to ${file}\n`)
    return EXIT.done
  })
}
