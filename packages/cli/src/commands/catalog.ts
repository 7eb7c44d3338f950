import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ContainerFlags, ReplicaFlags, SiteFlags, TransformationFlags } from './catalog-add.ts'
import type { ListFlags } from './catalog-list.ts'

const ARCHITECTURES = [
  'x86_64',
  'aarch64',
  'ppc64le',
  'x86',
  'ppc',
  'ppc_64',
  'ia64',
  'sparcv7',
  'sparcv9',
  'amd64',
]
const SYSTEMS = ['linux', 'macosx', 'windows', 'sunos', 'aix']

/** `skyloom catalog ...` */
export function addCatalogCommand(program: Command): void {
  const catalog = program
    .command('catalog')
    .description('look at, check and extend site, transformation and replica catalogs')
    .addHelpText('after', '\nExample:\n  skyloom catalog list replicas.yml')
  addLook(catalog)
  const add = catalog
    .command('add')
    .description('add an entry to a catalog; comments and order of the file stay')
    .addHelpText('after', '\nExample:\n  skyloom catalog add replica raw_17.fits /data/raw_17.fits --compute')
  addReplica(add)
  addSite(add)
  addTransformation(add)
  addContainer(add)
}

function addLook(catalog: Command): void {
  const kind = (): Option =>
    new Option('--kind <kind>', 'kind of the files (default: by content)').choices([
      'sites',
      'transformations',
      'replicas',
      'properties',
    ])
  catalog
    .command('list [files...]')
    .description('list entries (default: the catalogs of the current folder)')
    .addOption(kind())
    .option('--name <text>', 'only entries whose name contains this')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom catalog list transformations.yml --name mProject')
    .action(async (files: string[], flags: ListFlags) => {
      const { catalogList } = await import('./catalog-list.ts')
      process.exitCode = await catalogList(files, flags)
    })
  catalog
    .command('validate [files...]')
    .description('report everything that is wrong with catalogs; exit 1 for errors')
    .addOption(kind())
    .option('--strict', 'exit 1 for warnings, too')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  skyloom catalog validate sites.yml replicas.yml')
    .action(async (files: string[], flags: ListFlags & { strict?: boolean }) => {
      const { catalogValidate } = await import('./catalog-list.ts')
      process.exitCode = await catalogValidate(files, flags)
    })
}

/** Options of every kind of entry. */
function common(command: Command, file: string): Command {
  return command
    .option('--file <file>', 'catalog; made when it does not exist', file)
    .option('--overwrite', 'replace what is there under the same name')
    .option('--json', 'print one JSON document')
}

function addReplica(add: Command): void {
  common(add.command('replica <lfn> <pfn>'), 'replicas.yml')
    .description('a place of a logical file')
    .option('--site <name>', 'site of the file', 'local')
    .option('--regex', 'LFN is a pattern; [0], [1] ... in PFN are its matches')
    .option('--sha256 <digits>', 'checksum')
    .option('--size <bytes>', 'size', parseSizeBytes)
    .option('--compute', 'take checksum and size from the file itself')
    .option('--metadata <key=value...>', 'metadata of the file', parsePair)
    .addHelpText('after', '\nExample:\n  skyloom catalog add replica raw_17.fits /data/raw_17.fits --compute')
    .action(async (lfn: string, pfn: string, flags: ReplicaFlags) => {
      const { catalogAddReplica } = await import('./catalog-add.ts')
      process.exitCode = await catalogAddReplica(lfn, pfn, flags)
    })
}

function addSite(add: Command): void {
  platform(common(add.command('site <name>'), 'sites.yml'))
    .description('a place where jobs run or files are kept')
    .option('--scratch <path>', 'shared scratch folder')
    .option('--scratch-url <url>', 'how others reach it (default: file://PATH)')
    .option('--storage <path>', 'folder for results')
    .option('--storage-url <url>', 'how others reach it (default: file://PATH)')
    .option('--node-scratch <path>', 'scratch folder of each node')
    .option('--profile <key=value...>', 'profiles such as pegasus.style=condor', parsePair)
    .addHelpText(
      'after',
      '\nExample:\n  skyloom catalog add site grid --scratch /scratch --profile pegasus.style=glite',
    )
    .action(async (name: string, flags: SiteFlags) => {
      const { catalogAddSite } = await import('./catalog-add.ts')
      process.exitCode = await catalogAddSite(name, flags)
    })
}

function addTransformation(add: Command): void {
  platform(common(add.command('transformation <id> <pfn>'), 'transformations.yml'))
    .description('a program; ID is NAME, NAMESPACE::NAME or NAMESPACE::NAME:VERSION')
    .requiredOption('--site <name>', 'site of the program')
    .option('--stageable', 'it is copied with the job (default: it is installed)')
    .option('--container <name>', 'container in which it runs')
    .option('--profile <key=value...>', 'profiles such as pegasus.memory=2048', parsePair)
    .addHelpText(
      'after',
      '\nExample:\n  skyloom catalog add transformation mProject /usr/bin/mProject --site cluster',
    )
    .action(async (id: string, pfn: string, flags: TransformationFlags) => {
      const { catalogAddTransformation } = await import('./catalog-add.ts')
      process.exitCode = await catalogAddTransformation(id, pfn, flags)
    })
}

function addContainer(add: Command): void {
  common(add.command('container <name> <image>'), 'transformations.yml')
    .description('an image in which programs run')
    .addOption(
      new Option('--type <type>', 'singularity is Apptainer, too; bubblewrap is a plain root tree')
        .choices(['docker', 'singularity', 'shifter', 'bubblewrap'])
        .default('docker'),
    )
    .option('--image-site <name>', 'site of the image')
    .option('--mount <from:to...>', 'folders that are seen inside')
    .addHelpText('after', '\nExample:\n  skyloom catalog add container montage docker:///montage/montage:6.0')
    .action(async (name: string, image: string, flags: ContainerFlags) => {
      const { catalogAddContainer } = await import('./catalog-add.ts')
      process.exitCode = await catalogAddContainer(name, image, flags)
    })
}

function platform(command: Command): Command {
  return command
    .addOption(new Option('--arch <name>', 'processor').choices(ARCHITECTURES))
    .addOption(new Option('--os <name>', 'operating system').choices(SYSTEMS))
}

function parsePair(text: string, before?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('key=value is needed.')
  return new Map([...(before ?? []), [text.slice(0, at), text.slice(at + 1)]])
}

function parseSizeBytes(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number of bytes is needed.')
  return Number(text)
}
