import { type Command, Option } from 'commander'
import { parsePositive } from '../terminal/values.ts'
import type { SiteAddFlags, SiteCheckFlags, SiteListFlags } from './site-commands.ts'

/** `skyloom site ...` */
export function addSiteCommand(program: Command): void {
  const site = program
    .command('site')
    .description('describe clusters and prove that runs can use them')
    .addHelpText('after', '\nExample:\n  skyloom site check cluster')
  const file = (command: Command): Command =>
    command.option('--file <file>', 'site catalog', 'sites.yml').option('--json', 'print one JSON document')
  file(site.command('list'))
    .description('list the sites of a catalog with their schedulers')
    .addHelpText('after', '\nExample:\n  skyloom site list')
    .action(async (flags: SiteListFlags) => {
      const { siteList } = await import('./site-commands.ts')
      process.exitCode = await siteList(flags)
    })
  file(site.command('add [name]'))
    .description('add a site to a catalog; what is not given is asked for')
    .addOption(new Option('--scheduler <kind>', 'what runs its jobs').choices(['slurm', 'htcondor', 'none']))
    .option('--scratch <dir>', 'shared folder that this machine and the nodes see (HTCondor can do without)')
    .option('--queue <name>', "Slurm's partition")
    .option('--project <name>', 'account that is charged')
    .option(
      '--node <program>',
      'program node on the worker nodes, or carried: that of this machine goes along; carried:FILE: another one',
    )
    .option('--overwrite', 'replace an entry of the same name')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom site add cluster --scheduler slurm --scratch /shared/ann/scratch --queue main',
    )
    .action(async (name: string | undefined, flags: SiteAddFlags) => {
      const { siteAdd } = await import('./site-commands.ts')
      process.exitCode = await siteAdd(name, flags)
    })
  file(site.command('check <name>'))
    .description('prove a site by a tiny job with files in and out')
    .option('--wait <s>', 'longest wait for the job', parsePositive, 300)
    .option(
      '--folder <dir>',
      'folder for the run of the check; nodes of a cluster see it (default: the current one)',
    )
    .addHelpText(
      'after',
      '\nExample:\n  skyloom site check cluster\n\nExit codes: 0 the site works, 1 it does not.',
    )
    .action(async (name: string, flags: SiteCheckFlags) => {
      const { siteCheck } = await import('./site-commands.ts')
      process.exitCode = await siteCheck(name, flags)
    })
}
