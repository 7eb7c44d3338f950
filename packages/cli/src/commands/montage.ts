import type { Command } from 'commander'
import type { InstallFlags, ListFlags } from './montage-modules.ts'

/** `skyloom montage ...` */
export function addMontageCommand(program: Command): void {
  const montage = program
    .command('montage')
    .description('the modules of Montage as commands: list, manual, install')
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  skyloom montage install ~/montage-bin && PATH=~/montage-bin:$PATH')
  montage
    .command('list')
    .description('all modules with what they do')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom montage list --json')
    .action(async (flags: ListFlags) => {
      const { montageList } = await import('./montage-modules.ts')
      await montageList(flags)
    })
  montage
    .command('help <module>')
    .description('manual page of a module')
    .addHelpText('after', '\nExample:\n  skyloom montage help mProject')
    .action(async (name: string) => {
      const { montageHelp } = await import('./montage-modules.ts')
      process.exitCode = await montageHelp(name)
    })
  montage
    .command('install <folder>')
    .description('write a command for each module into a folder, for use in PATH')
    .option('--overwrite', 'replace other programs of these names')
    .option('--dry-run', 'write nothing, list what would be written')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom montage install ~/montage-bin')
    .action(async (folder: string, flags: InstallFlags) => {
      const { montageInstall } = await import('./montage-modules.ts')
      await montageInstall(folder, flags)
    })
}
