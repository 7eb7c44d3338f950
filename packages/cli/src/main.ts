import { Command, CommanderError } from 'commander'
import { addCatalogCommand } from './commands/catalog.ts'
import { addFitsCommand } from './commands/fits.ts'
import { addMontageCommand } from './commands/montage.ts'
import { addMosaicCommand } from './commands/mosaic.ts'
import { addNodeRunCommand } from './commands/node-run.ts'
import { addPlanCommand } from './commands/plan.ts'
import { addRegistryCommand } from './commands/registry.ts'
import { addRunCommand } from './commands/run.ts'
import { addSchemaCommand } from './commands/schema.ts'
import { addSiteCommand } from './commands/site.ts'
import { addTraceCommand } from './commands/trace.ts'
import { addVerifyCommand } from './commands/verify.ts'
import { addWcsCommand } from './commands/wcs.ts'
import { addWorkflowCommand } from './commands/workflow.ts'
import { printError } from './terminal/error-text.ts'
import { EXIT } from './terminal/exit-code.ts'

/** Version of the program; a test holds it against package.json. */
export const CLI_VERSION = '0.1.0'

/** The command tree. Commands load what they need when they run, so that help answers at once. */
export function createProgram(): Command {
  const program = new Command('skyloom')
    .description('From a position on the sky to a science-grade, traceable FITS mosaic.')
    .version(CLI_VERSION)
    .showHelpAfterError('(skyloom --help shows what there is)')
    .configureHelp({ helpWidth: 80 })
    .exitOverride()
    .addHelpText('after', '\nExample:\n  skyloom mosaic make --images raw --out m42')
  addMosaicCommand(program)
  addFitsCommand(program)
  addWcsCommand(program)
  addMontageCommand(program)
  addWorkflowCommand(program)
  addPlanCommand(program)
  addCatalogCommand(program)
  addRegistryCommand(program)
  addRunCommand(program)
  addSiteCommand(program)
  addTraceCommand(program)
  addVerifyCommand(program)
  addSchemaCommand(program)
  addNodeRunCommand(program)
  return program
}

/** Runs the program; the exit code is left in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done)
    throw error
  })
  try {
    await createProgram().parseAsync([...argv])
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse
    else process.exitCode = printError(error, process.stderr)
  }
}
