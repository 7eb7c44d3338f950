import { verifyProduct } from '../mosaic/verify-product.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson } from '../terminal/output.ts'
import { jsonLines, progressDisplay } from '../terminal/progress.ts'
import type { RegistryFlags } from './registry.ts'
import { fileMeant, registryOf } from './registry-open.ts'

/** Flags of `skyloom verify`. */
export interface VerifyFileFlags extends RegistryFlags {
  readonly jobs?: number
  /** Bytes. */
  readonly memory?: number
  readonly scratch?: string
  readonly inputsOnly?: boolean
}

/** `skyloom verify` */
export async function verifyFile(path: string, flags: VerifyFileFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const file = await fileMeant(registry, path)
  const display = flags.json === true ? jsonLines(process.stderr) : progressDisplay(process.stderr)
  const interrupt = interruptSignal(process, process.stderr)
  try {
    const verdict = await verifyProduct(registry, file, path, {
      threads: flags.jobs,
      memoryBytes: flags.memory,
      scratch: flags.scratch,
      isInputsOnly: flags.inputsOnly === true,
      onProgress: display.listener,
      signal: interrupt.signal,
    })
    display.end()
    if (flags.json === true) printJson(verdict)
    else process.stdout.write(`${verdict.lines.join('\n')}\n`)
    return verdict.isSound ? EXIT.done : EXIT.failed
  } finally {
    display.end()
    interrupt.release()
  }
}
