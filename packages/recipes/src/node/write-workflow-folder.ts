import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import {
  Directory,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  type Workflow,
} from '@skyloom/workflow/api'
import { RecipeError } from '../errors.ts'
import { dataConfigurationFor, type ModuleContainer, moduleCatalog } from '../mosaic/module-container.ts'
import { modulesOf } from '../mosaic/modules-of.ts'

/** How the folder of a workflow is written. */
export interface WorkflowFolderOptions {
  readonly overwrite?: boolean | undefined
  /** In which the modules run; else those of the folder of commands do. */
  readonly container?: ModuleContainer | undefined
}

/** A workflow of Montage modules with what it starts from. */
export interface WorkflowContents {
  readonly workflow: Workflow
  /** Texts of the files that are written beside it, by logical name. */
  readonly inputs: ReadonlyMap<string, string>
  /** Where its other inputs are, by logical name. */
  readonly places: ReadonlyMap<string, string>
}

/** Folders that belong to a workflow beside its files: commands, files of runs, results. */
const OWN_FOLDERS = ['bin', 'scratch', 'products']
/** Site of this machine, which also runs the jobs. */
const SITE = 'local'
const WORKFLOW_NAME = 'workflow.yml'

/**
 * Writes an abstract workflow with its catalogs and inputs into a folder, ready to be planned. The workflow file comes last: a folder
 * that has it is complete.
 *
 * @param commandsDir folder of the commands of the Montage modules on this machine
 * @returns paths of the files
 * @throws RecipeError `RECIPE_FOLDER_IN_USE` when the folder holds something else
 */
export async function writeWorkflowFolder(
  outDir: string,
  contents: WorkflowContents,
  commandsDir: string,
  options: WorkflowFolderOptions = {},
): Promise<readonly string[]> {
  const folder = resolve(outDir)
  const texts = new Map([
    ...contents.inputs,
    ...catalogTexts(folder, contents, commandsDir, options.container),
  ])
  await prepareFolder(folder, new Set([...texts.keys(), ...OWN_FOLDERS]), options.overwrite ?? false)
  const paths: string[] = []
  for (const [name, text] of texts) {
    const path = join(folder, name)
    await writeFileAtomic(path, new TextEncoder().encode(text), { overwrite: true })
    paths.push(path)
  }
  return paths
}

async function prepareFolder(folder: string, own: ReadonlySet<string>, overwrite: boolean): Promise<void> {
  await mkdir(folder, { recursive: true })
  const found = await readdir(folder)
  const known = found.filter((name) => own.has(name))
  if (found.length > known.length || (known.length > 0 && !overwrite)) {
    const others = found.filter((name) => !own.has(name))
    throw new RecipeError('RECIPE_FOLDER_IN_USE', 'the folder of the workflow is not empty', {
      where: [folder],
      found: (others.length > 0 ? others : known).slice(0, 5).join(', '),
      remedy:
        others.length > 0 ? 'give the name of a new folder' : 'give the name of a new folder, or --overwrite',
    })
  }
  // Whoever plans meanwhile finds no workflow instead of an old one with new tables.
  await rm(join(folder, WORKFLOW_NAME), { force: true })
}

/** Catalogs by name, the workflow last. */
function catalogTexts(
  folder: string,
  { workflow, inputs, places }: WorkflowContents,
  commandsDir: string,
  container: ModuleContainer | undefined,
): ReadonlyMap<string, string> {
  const replicas = new ReplicaCatalog()
  for (const [name, url] of places) replicas.addReplica(SITE, name, url)
  for (const name of inputs.keys()) replicas.addReplica(SITE, name, `file://${join(folder, name)}`)
  const transformations = moduleCatalog(modulesOf(workflow), SITE, resolve(commandsDir), container)
  const sites = new SiteCatalog(
    new Site(SITE).addDirectories(
      new Directory('sharedScratch', join(folder, 'scratch')),
      new Directory('localStorage', join(folder, 'products')),
    ),
  )
  return new Map([
    ['sites.yml', sites.toText()],
    ['transformations.yml', transformations.toText()],
    ['replicas.yml', replicas.toText()],
    [
      'pegasus.properties',
      new Properties({ 'pegasus.data.configuration': dataConfigurationFor(container) }).toText(),
    ],
    [WORKFLOW_NAME, workflow.toText()],
  ])
}
