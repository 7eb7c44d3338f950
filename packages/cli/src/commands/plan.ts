import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseCount, parsePositive } from '../terminal/values.ts'
import type { PlanFlags } from './plan-run.ts'

/** Text shown below the options of `plan`. */
const EXAMPLES = `
Catalogs and properties are found by their usual names (sites.yml,
transformations.yml, replicas.yml, pegasus.properties) in the current folder,
then beside the workflow. The options are those of pegasus-plan.

Examples:
  skyloom plan workflow.yml --sites condorpool --output-sites local --dry-run
  skyloom plan --sites cluster -o local --cluster horizontal --dir runs

Exit codes: 0 planned, 1 refused (the reasons are on standard error),
2 wrong use, 4 the directory of the run is taken.`

/** `skyloom plan ...` */
export function addPlanCommand(program: Command): void {
  const plan = program
    .command('plan')
    .description('turn an abstract workflow into a plan for sites, and write it')
    .argument('[workflow]', 'file of the workflow (default: workflow.yml)')
  addPlaceOptions(plan)
  addChoiceOptions(plan)
  addOutputOptions(plan)
  addReferenceOptions(plan)
  plan.addHelpText('after', EXAMPLES).action(async (workflow: string | undefined, flags: PlanFlags) => {
    const { runPlan } = await import('./plan-run.ts')
    process.exitCode = await runPlan(workflow, flags)
  })
  allowBareRandomDir(plan)
  addExplain(plan)
}

function addExplain(plan: Command): void {
  plan
    .command('explain <job> [workflow-or-run]')
    .description('say why a job was planned as it was, or left out')
    .addHelpText(
      'after',
      `
JOB is the id of a job of the workflow or the name of a job of the plan. The
second argument is the directory of a run, or a workflow, which is planned with
the options of skyloom plan. Default: the current folder, if it is a run, else
workflow.yml. --json prints one JSON document.

Examples:
  skyloom plan explain ID0000001 workflow.yml --sites condorpool
  skyloom plan explain stage_in_local_local_0_0 runs/ann/pegasus/m17/run0001`,
    )
    .action(async (job: string, place: string | undefined, _own: object, command: Command) => {
      const { runExplain } = await import('./plan-explain.ts')
      process.exitCode = await runExplain(job, place, command.optsWithGlobals<PlanFlags>())
    })
}

function addPlaceOptions(plan: Command): void {
  plan
    .optionsGroup('Where:')
    .option('-s, --sites <a,b>', 'sites where jobs may run (default: all but local)', parseList)
    .option('-o, --output-sites <a,b>', 'sites to which results go (default: none)', parseList)
    .option('-O, --output-dir <dir>', 'folder for results on site local')
    .option('--staging-site <a=b,...|c>', 'staging site of each site, or of all', parseStagingSites)
    .option('--dir <dir>', 'folder below which runs are written (default: .)')
    .option('--relative-dir <path>', 'path of the run in place of USER/GROUP/NAME/run0001')
    .option('--relative-submit-dir <path>', 'the same, not for scratch folders')
    .option('-r, --randomdir [name]', 'scratch folder of that name, or of a random one')
    .option('-g, --group <name>', 'second part of the path of a run (default: pegasus)')
    .option('-b, --basename <name>', 'start of names of files of the run')
    .option('-j, --job-prefix <text>', 'start of names of jobs')
}

function addChoiceOptions(plan: Command): void {
  plan
    .optionsGroup('What:')
    .option('--conf <file>', 'properties (default: pegasus.properties)')
    .option('-D <key=value>', 'set a property', parseDefinition)
    .option('-C, --cluster <a,b>', 'put jobs together: horizontal, label, whole, auto', parseList)
    .option('--cluster-target <s>', 'run time at which auto aims (default: 480)', parsePositive)
    .option('--cleanup <how>', 'none, leaf, inplace, constraint (default: inplace)')
    .option('-f, --force', 'plan jobs whose outputs exist, too')
    .option('-I, --input-dir <a,b>', 'folders whose files are inputs', parseList)
    .option('-c, --cache <a,b>', 'replica catalogs that win over all others', parseList)
    .option('--reuse <a,b>', 'earlier runs whose outputs are used', parseList)
    .option('--past-runs <a,b>', 'runs or traces from which run times are predicted', parseList)
    .option('--registry <place>', 'where run times are looked up without --past-runs')
    .option('--transformations-dir <dir>', 'folder whose files are programs')
    .option('--inherited-rc-files <a,b>', 'replica catalogs of a parent workflow', parseList)
    .option('--seed <n>', 'seed of random choices (default: 1)', parseCount)
}

function addOutputOptions(plan: Command): void {
  plan
    .optionsGroup('Result:')
    .option('--dry-run', 'show the plan, write nothing')
    .option('-J, --json', 'print one JSON document')
    .addOption(
      new Option('--format <form>', 'skyloom: one file; dagman: files for HTCondor')
        .choices(['skyloom', 'dagman'])
        .default('skyloom'),
    )
    .option('--overwrite', 'replace a plan in the same folder')
    .option('-S, --submit', 'start the run with condor_submit_dag (format dagman)')
    .option('-v, --verbose', 'also list the files that were read', increase, 0)
    .option('-q, --quiet', 'say less', increase, 0)
}

/** Options of the reference planner that mean little here, and older spellings. */
function addReferenceOptions(plan: Command): void {
  const hidden = (option: Option): Command => plan.addOption(option.hideHelp())
  hidden(new Option('--output-site <a,b>').argParser(parseList))
  hidden(new Option('--vogroup <name>'))
  hidden(new Option('-d, --dax <file>'))
  hidden(new Option('--force-replan'))
  hidden(new Option('--forward <option...>'))
  hidden(
    new Option('-X <option>').argParser((value: string, before?: string[]) => [...(before ?? []), value]),
  )
  hidden(new Option('--parent-run <dir>'))
  hidden(new Option('--parent-job <name>'))
}

/** `--randomdir` takes a name only after `=`, so that a workflow may follow it. */
function allowBareRandomDir(plan: Command): void {
  const parseOptions = plan.parseOptions.bind(plan)
  plan.parseOptions = (argv) =>
    parseOptions(argv.map((word) => (word === '-r' || word === '--randomdir' ? '--randomdir=' : word)))
}

function parseList(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === '')) {
    throw new InvalidArgumentError('names separated by commas are needed.')
  }
  return items
}

function parseStagingSites(text: string): string | ReadonlyMap<string, string> {
  const items = parseList(text)
  const [only = ''] = items
  if (items.length === 1 && !only.includes('=')) return only
  const pairs = items.map((item): [string, string] => {
    const [site = '', staging = '', ...rest] = item.split('=').map((name) => name.trim())
    if (site === '' || staging === '' || rest.length > 0) {
      throw new InvalidArgumentError('one site, or pairs such as cluster=storage, are needed.')
    }
    return [site, staging]
  })
  return new Map(pairs)
}

function parseDefinition(text: string, before?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf('=')
  const key = (at < 0 ? text : text.slice(0, at)).trim()
  if (key === '') throw new InvalidArgumentError('a property such as pegasus.mode=debug is needed.')
  // As in Java, a property without value is an empty text.
  return new Map([...(before ?? []), [key, at < 0 ? '' : text.slice(at + 1).trim()]])
}

function increase(_: string, before: number): number {
  return before + 1
}
