import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseBytes, parseCount, parsePositive, parseWhole } from '../terminal/values.ts'
import { registryOptions } from './registry.ts'
import type { ChangeFlags } from './run-change.ts'
import type { RescueFlags, VerifyRunFlags } from './run-check.ts'
import type { JobsFlags, LogFlags, RunFlags, WatchFlags } from './run-look.ts'
import type { StatisticsFlags, TimelineFlags } from './run-report.ts'
import type { StartFlags } from './run-start.ts'

/** `skyloom run ...` */
export function addRunCommand(program: Command): void {
  const run = program
    .command('run')
    .description('run plans; see, stop, explain and measure runs')
    .addHelpText(
      'after',
      `
RUN is the directory of a run, its id or the start of it, or the name of its
workflow when it ran once. Default: the newest run.

Example:
  skyloom plan workflow.yml -s local -o local
  skyloom run start ann/pegasus/m17/run0001`,
    )
  addStart(run)
  addLook(run)
  addChange(run)
  addReport(run)
  addCheck(run)
}

const EXITS = `
Exit codes: 0 all jobs done, 1 some failed or the run was canceled, 3 paused or
held, 4 another engine runs it, 130 interrupted.`

function addStart(run: Command): void {
  const texts = [
    ['start <plan>', 'run the plan in a directory to its end', 'skyloom run start runs/m17/run0001'],
    ['resume [run]', 'go on with a run: paused, failed, interrupted or crashed', 'skyloom run resume'],
  ] as const
  for (const [usage, description, example] of texts) {
    registryOptions(run.command(usage))
      .description(description)
      .addOption(
        new Option(
          '--engine <name>',
          'who runs the jobs: skyloom, or dagman of HTCondor (default: as it was planned)',
        ).choices(['skyloom', 'dagman']),
      )
      .option('--detach', 'with DAGMan: submit the DAG and do not wait for it')
      .option('--jobs <n>', 'cores for jobs (default: all)', parsePositive)
      .option(
        '--memory <size>',
        'memory for jobs that ask for memory (default: 90 %), and for files of the configuration memory (half)',
        parseBytes,
      )
      .option('--stop-on-failure', 'start nothing more after a job failed')
      .option('--hold-failed', 'hold jobs that have no attempts left')
      .option(
        '--retry-memory <factor>',
        'memory of the next attempt of a job that needed more (default: 1.5)',
        parsePositive,
      )
      .option(
        '--retry-time <factor>',
        'run time of the next attempt of a job that needed more (default: 1, the same)',
        parsePositive,
      )
      .option('--no-reuse', 'run jobs whose results are known, too')
      .option(
        '--functions <module>',
        'exports that run in threads instead of programs of their names; montage: the Montage modules, none: programs only (default: none, with the configuration memory montage)',
      )
      .option('--transfers <file>', 'JSON list of commands for further schemes')
      .option('--files-per-host <n>', 'files moved from or to one host at a time (default: 4)', parseCount)
      .option('--ssh-config <file>', 'settings of OpenSSH in place of ~/.ssh/config')
      .option('--notify <file>', 'JSON settings of mails and web hooks (default: SKYLOOM_NOTIFY)')
      .option(
        '--site <a,b>',
        'use the schedulers of these sites only; jobs of all others run on this machine (local: of all sites)',
        parseNames,
      )
      .addOption(
        new Option('--kickstart <which>', "attempts with a record of Pegasus' form in the run directory")
          .choices(['all', 'programs', 'none'])
          .default('programs'),
      )
      .option('--inherit-env <name...>', 'variables that programs get')
      .addOption(new Option('--parent-run <id>').hideHelp())
      .addOption(new Option('--parent-job <name>').hideHelp())
      .option('--quiet', 'no progress')
      .addHelpText('after', `\nExample:\n  ${example}\n${EXITS}`)
      .action(async (place: string | undefined, flags: StartFlags) => {
        const { runStart } = await import('./run-start.ts')
        process.exitCode = await runStart(place, flags)
      })
  }
}

function addLook(run: Command): void {
  registryOptions(run.command('list'))
    .description('list runs, newest first')
    .option('--limit <n>', 'at most so many', parseCount, 50)
    .addHelpText('after', '\nExample:\n  skyloom run list')
    .action(async (flags: RunFlags & { readonly limit: number }) => {
      const { runList } = await import('./run-look.ts')
      process.exitCode = await runList(flags)
    })
  registryOptions(run.command('status [run]'))
    .description('how far a run is, in the terms of pegasus-status')
    .option('-l, --long', 'also by transformation')
    .addHelpText('after', '\nExample:\n  skyloom run status m17')
    .action(async (name: string | undefined, flags: RunFlags & { readonly long?: boolean }) => {
      const { showStatus } = await import('./run-look.ts')
      process.exitCode = await showStatus(name, flags)
    })
  registryOptions(run.command('watch [run]'))
    .description('show the status until the run ends')
    .option('--every <s>', 'seconds between two looks', parsePositive, 1)
    .option('--lines <n>', 'running jobs shown with their last line', parseWhole, 5)
    .addHelpText('after', '\nExample:\n  skyloom run watch')
    .action(async (name: string | undefined, flags: WatchFlags) => {
      const { watchRun } = await import('./run-look.ts')
      process.exitCode = await watchRun(name, flags)
    })
  registryOptions(run.command('jobs [run]'))
    .description('list jobs with state, attempts and reason')
    .option('--state <a,b>', 'only in these states', parseNames)
    .option('--transformation <name>', 'only of this transformation')
    .addHelpText('after', '\nExample:\n  skyloom run jobs --state failed,held')
    .action(async (name: string | undefined, flags: JobsFlags) => {
      const { listJobs } = await import('./run-look.ts')
      process.exitCode = await listJobs(name, flags)
    })
  registryOptions(run.command('logs <job> [run]'))
    .description('print what a job wrote')
    .option('--attempt <n>', 'of this attempt (default: the last)', parseCount)
    .option('-f, --follow', 'go on until the job has ended')
    .option('--tail <n>', 'only so many lines of what is there', parseCount)
    .addHelpText('after', '\nExample:\n  skyloom run logs project_17 --follow')
    .action(async (job: string, name: string | undefined, flags: LogFlags) => {
      const { printLogs } = await import('./run-look.ts')
      process.exitCode = await printLogs(job, name, flags)
    })
}

function addChange(run: Command): void {
  const wishes = [
    ['pause', 'start no more jobs; what runs goes on to its end'],
    ['cancel', 'end the jobs that run and the run'],
  ] as const
  for (const [op, description] of wishes) {
    registryOptions(run.command(`${op} [run]`))
      .description(description)
      .option('--reason <text>', 'kept in the history')
      .addHelpText('after', `\nExample:\n  skyloom run ${op} m17`)
      .action(async (name: string | undefined, flags: ChangeFlags) => {
        const { askRun } = await import('./run-change.ts')
        process.exitCode = await askRun(op, undefined, name, flags)
      })
  }
  const jobWishes = [
    ['hold', 'keep a job from being started'],
    ['release', 'let a held job go on'],
    ['cancel-job', 'give up one job'],
  ] as const
  for (const [op, description] of jobWishes) {
    registryOptions(run.command(`${op} <job> [run]`))
      .description(description)
      .option('--reason <text>', 'kept in the history')
      .addHelpText('after', `\nExample:\n  skyloom run ${op} project_17`)
      .action(async (job: string, name: string | undefined, flags: ChangeFlags) => {
        const { askRun } = await import('./run-change.ts')
        process.exitCode = await askRun(op, job, name, flags)
      })
  }
  registryOptions(run.command('remove <run>'))
    .description('remove a run from the registry; files stay')
    .option('--dry-run', 'only say what would be removed')
    .option('--force', 'also when programs of it may still be running')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom run remove 3f2a\n\nExit codes: 0 removed, 4 refused: it is being run.',
    )
    .action(async (name: string, flags: ChangeFlags & { dryRun?: boolean; force?: boolean }) => {
      const { removeRun } = await import('./run-change.ts')
      process.exitCode = await removeRun(name, flags)
    })
  registryOptions(run.command('import <directories...>'))
    .description('put runs of Pegasus into the registry')
    .addHelpText('after', '\nExample:\n  skyloom run import submit/ann/pegasus/m17/run0001')
    .action(async (directories: string[], flags: RunFlags) => {
      const { importRuns } = await import('./run-change.ts')
      process.exitCode = await importRuns(directories, flags)
    })
}

function addCheck(run: Command): void {
  registryOptions(run.command('verify [run]'))
    .description('compare the files that a run made with storage: are they there, with their content')
    .option('--quick', 'sizes only')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom run verify m17\n\nExit codes: 0 all as registered, 1 something is missing or changed.',
    )
    .action(async (name: string | undefined, flags: VerifyRunFlags) => {
      const { verifyRun } = await import('./run-check.ts')
      process.exitCode = await verifyRun(name, flags)
    })
  registryOptions(run.command('rescue [run]'))
    .description('write a rescue file, with which DAGMan goes on with the DAG of the same plan')
    .option('-o, --out <file>', 'default: <basename>.dag.rescueNNN in the directory of the run')
    .option('--overwrite', 'replace the file')
    .addHelpText('after', '\nExample:\n  skyloom run rescue m17')
    .action(async (name: string | undefined, flags: RescueFlags) => {
      const { writeRescue } = await import('./run-check.ts')
      process.exitCode = await writeRescue(name, flags)
    })
}

const PARTS = ['summary', 'workflow', 'jobs', 'breakdown', 'time', 'integrity', 'all'] as const

function addReport(run: Command): void {
  registryOptions(run.command('statistics [run]'))
    .description('counts and times, as pegasus-statistics counts them')
    .addOption(new Option('-s, --part <name>', 'which part').choices(PARTS).default('summary'))
    .addOption(new Option('-t, --by <unit>', 'for the part time').choices(['day', 'hour']).default('day'))
    .addHelpText('after', '\nExample:\n  skyloom run statistics m17 --part breakdown')
    .action(async (name: string | undefined, flags: StatisticsFlags) => {
      const { showStatistics } = await import('./run-report.ts')
      process.exitCode = await showStatistics(name, flags)
    })
  registryOptions(run.command('analyze [run]'))
    .description('what went wrong, the cause first')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom run analyze\n\nExit codes: 0 nothing failed, 1 jobs failed or are held.',
    )
    .action(async (name: string | undefined, flags: RunFlags) => {
      const { analyze } = await import('./run-report.ts')
      process.exitCode = await analyze(name, flags)
    })
  registryOptions(run.command('explain <job> [run]'))
    .description('why a job ran, was skipped, waits or failed')
    .addHelpText('after', '\nExample:\n  skyloom run explain project_17')
    .action(async (job: string, name: string | undefined, flags: RunFlags) => {
      const { explain } = await import('./run-report.ts')
      process.exitCode = await explain(job, name, flags)
    })
  registryOptions(run.command('timeline [run]'))
    .description('write a page with the course of a run')
    .option('-o, --out <file>', 'HTML file', 'timeline.html')
    .option('--overwrite', 'replace the file')
    .addHelpText('after', '\nExample:\n  skyloom run timeline m17 -o m17.html')
    .action(async (name: string | undefined, flags: TimelineFlags) => {
      const { writeTimeline } = await import('./run-report.ts')
      process.exitCode = await writeTimeline(name, flags)
    })
}

function parseNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.some((name) => name === ''))
    throw new InvalidArgumentError('names separated by commas are needed.')
  return names
}
