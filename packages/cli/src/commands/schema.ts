import type { Command } from 'commander'

/** `skyloom schema` */
export function addSchemaCommand(program: Command): void {
  program
    .command('schema [name]')
    .description('JSON Schemas of what commands print with --json')
    .addHelpText('after', '\nExample:\n  skyloom schema run-status\n\nWithout a name: the names, one a line.')
    .action(async (name: string | undefined) => {
      const { printSchema } = await import('./print-schema.ts')
      process.exitCode = printSchema(name)
    })
}
