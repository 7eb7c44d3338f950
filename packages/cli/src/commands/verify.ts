import type { Command } from 'commander'
import { parseBytes, parseCount } from '../terminal/values.ts'
import { registryOptions } from './registry.ts'
import type { VerifyFileFlags } from './verify-file.ts'

/** `skyloom verify FILE` */
export function addVerifyCommand(program: Command): void {
  registryOptions(program.command('verify <file>'))
    .description('make a product of mosaic make again from its record and compare')
    .option('--jobs <n>', 'images worked on at the same time (default: number of cores)', parseCount)
    .option('--memory <size>', 'memory limit such as 512M or 2G (default: half of the machine)', parseBytes)
    .option('--scratch <dir>', 'folder for the copy that is made (default: that for temporary files)')
    .option('--inputs-only', 'only compare the inputs and the file with their checksums')
    .addHelpText(
      'after',
      `
Example:
  skyloom verify m42/mosaic.fits

Exit codes: 0 identical, 1 it differs or inputs changed, 130 interrupted.`,
    )
    .action(async (file: string, flags: VerifyFileFlags) => {
      const { verifyFile } = await import('./verify-file.ts')
      process.exitCode = await verifyFile(file, flags)
    })
}
