import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import type { Template } from '@skyloom/mosaic'
import {
  Directory,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
} from '@skyloom/workflow/api'
import { RecipeError } from '../errors.ts'
import { derivedFiles, MOSAIC_FILES } from '../mosaic/mosaic-files.ts'
import { imageList, projectedTable, statusTable } from '../mosaic/mosaic-tables.ts'
import {
  MOSAIC_MODULES,
  mosaicWorkflow,
  type RecipeBackground,
  type RecipeCombine,
} from '../mosaic/mosaic-workflow.ts'
import type { Prediction } from '../mosaic/predict-images.ts'

/** What the files of a mosaic workflow say besides its images. */
export interface WorkflowFilesInput {
  readonly name: string
  readonly template: Template
  readonly prediction: Prediction
  readonly background: RecipeBackground
  readonly combine: RecipeCombine
  readonly pictureSide: number
  /** Folder of the commands of the Montage modules on this machine. */
  readonly commandsDir: string
}

/** Folders that belong to a workflow beside its files: commands, files of runs, results. */
const OWN_FOLDERS = ['bin', 'scratch', 'products']
/** Site of this machine, which also runs the jobs. */
const SITE = 'local'

/**
 * Writes an abstract mosaic workflow with its catalogs, template and tables into a folder, ready to be planned. The workflow file comes
 * last: a folder that has it is complete.
 *
 * @returns paths of the files
 * @throws RecipeError `RECIPE_FOLDER_IN_USE` when the folder holds something else
 */
export async function writeMosaicWorkflow(
  outDir: string,
  input: WorkflowFilesInput,
  options: { readonly overwrite?: boolean } = {},
): Promise<readonly string[]> {
  const folder = resolve(outDir)
  const texts = workflowTexts(folder, input)
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

const WORKFLOW_NAME = 'workflow.yml'

/** Files by name, the workflow last. */
function workflowTexts(folder: string, input: WorkflowFilesInput): ReadonlyMap<string, string> {
  const { template, prediction, commandsDir } = input
  const { placed, pairs } = prediction
  const images = placed.map(({ image }) => image)
  const prefix = input.background !== 'none' && pairs.length > 0 ? 'c' : 'p'
  const tables = new Map([
    [MOSAIC_FILES.template, templateText(template)],
    [MOSAIC_FILES.projectedTable, projectedTable(placed, template)],
    [MOSAIC_FILES.statusTable, statusTable(pairs)],
    [MOSAIC_FILES.correctedList, imageList(images.map(({ lfn }) => derivedFiles(prefix, lfn).image.lfn))],
  ])
  const replicas = new ReplicaCatalog()
  for (const { lfn, url } of images) replicas.addReplica(SITE, lfn, url)
  for (const name of tables.keys()) replicas.addReplica(SITE, name, `file://${join(folder, name)}`)
  const transformations = MOSAIC_MODULES.map(
    (name) => new Transformation(name, { site: SITE, pfn: join(resolve(commandsDir), name) }),
  )
  const sites = new SiteCatalog(
    new Site(SITE).addDirectories(
      new Directory('sharedScratch', join(folder, 'scratch')),
      new Directory('localStorage', join(folder, 'products')),
    ),
  )
  const properties = new Properties({ 'pegasus.data.configuration': 'sharedfs' })
  return new Map([
    ...tables,
    ['sites.yml', sites.toText()],
    ['transformations.yml', new TransformationCatalog(...transformations).toText()],
    ['replicas.yml', replicas.toText()],
    ['pegasus.properties', properties.toText()],
    [WORKFLOW_NAME, mosaicWorkflow({ ...input, images, pairs }).toText()],
  ])
}

/** The template as Montage's modules want it: they ask for the cards that begin every header. */
function templateText({ header }: Template): string {
  const cards = formatHeaderTemplate(header)
  return header.has('BITPIX')
    ? cards
    : `SIMPLE  = T\nBITPIX  = -64\nNAXIS   = 2\n${cards.replace(/^NAXIS {3}=.*\n/m, '')}`
}
