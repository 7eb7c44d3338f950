import type { Command } from 'commander'
import { parseCount } from '../terminal/values.ts'
import { registryOptions } from './registry.ts'
import type { TraceFlags } from './trace-file.ts'

/** `skyloom trace FILE` */
export function addTraceCommand(program: Command): void {
  registryOptions(program.command('trace <file>'))
    .description('where a file comes from: images, programs and corrections')
    .option('--descendants', 'what was made from it instead')
    .option('--depth <n>', 'at most so many steps', parseCount)
    .option('--full', 'repeat branches that were shown already')
    .addHelpText('after', '\nExample:\n  skyloom trace m42/mosaic.fits')
    .action(async (file: string, flags: TraceFlags) => {
      const { traceFile } = await import('./trace-file.ts')
      process.exitCode = await traceFile(file, flags)
    })
}
