import {
  Container,
  Directory,
  File,
  Job,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
  Workflow,
} from '@skyloom/workflow/api'

/** An image of the survey. */
export interface SurveyImage {
  /** File name, for example `2mass-atlas-990502s-j1340186.fits`. */
  readonly file: string
  /** Where the archive has it. */
  readonly url: string
}

/** Two images that overlap, by their places in the list of images. */
export interface Overlap {
  readonly plus: number
  readonly minus: number
}

/** What a mosaic workflow is made of. */
export interface MosaicOptions {
  readonly name: string
  readonly images: readonly SurveyImage[]
  readonly overlaps: readonly Overlap[]
  /** Absolute folder of the header template and the tables. */
  readonly directory: string
  /** Width of the preview in pixels. */
  readonly previewWidth: number
}

/** The workflow with everything that planning it needs. */
export interface MosaicWorkflow {
  readonly workflow: Workflow
  readonly sites: SiteCatalog
  readonly transformations: TransformationCatalog
  readonly replicas: ReplicaCatalog
  readonly properties: Properties
}

/**
 * A Montage mosaic with background matching: project every image, fit the difference of every overlapping pair, model
 * the corrections from all fits, apply them, add, shrink, and draw.
 */
export function mosaicWorkflow(options: MosaicOptions): MosaicWorkflow {
  const { images, overlaps, directory } = options
  const programs = montagePrograms()
  const header = new File('region.hdr')
  const projectedTable = new File('pimages.tbl')
  const correctedTable = new File('cimages.tbl')
  const fitList = new File('fitslist.tbl')
  const fits = new File('fits.tbl')
  const corrections = new File('corrections.tbl')
  const mosaic = new File('mosaic.fits')
  const shrunken = new File('shrunken.fits')

  const replicas = new ReplicaCatalog()
  for (const file of [header, projectedTable, correctedTable, fitList]) {
    replicas.addReplica('local', file, `file://${directory}/${file.lfn}`)
  }
  for (const image of images) replicas.addReplica('web', image.file, image.url)

  const workflow = new Workflow(options.name)
  const projected = images.map((image) => new File(`p${image.file}`))
  const corrected = images.map((image) => new File(`c${image.file}`))
  const intermediate = { stageOut: false, registerReplica: false }

  images.forEach((image, i) => {
    const out = at(projected, i)
    workflow.addJobs(
      new Job(programs.project)
        .addArgs(image.file, out, header)
        .addInputs(image.file, header)
        .addOutputs(out, intermediate),
    )
  })

  const fitResults = overlaps.map(({ plus, minus }, i) => {
    const number = `${pad(plus)}.${pad(minus)}`
    const difference = new File(`diff.${number}.fits`)
    const result = new File(`diff.${number}.txt`)
    const [first, second] = [at(projected, plus), at(projected, minus)]
    workflow.addJobs(
      new Job(programs.diffFit, { nodeLabel: `overlap ${i}` })
        .addArgs('-n', '-s', result, first, second, difference, header)
        .addInputs(first, second, header)
        .addOutputs(difference, result, intermediate),
    )
    return result
  })

  workflow.addJobs(
    new Job(programs.concatFit)
      .addArgs(fitList, fits, '.')
      .addInputs(fitList, ...fitResults)
      .addOutputs(fits, intermediate),
    new Job(programs.bgModel)
      .addArgs('-t', '-a', projectedTable, fits, corrections)
      .addInputs(projectedTable, fits)
      .addOutputs(corrections, intermediate),
  )

  images.forEach((_, i) => {
    const [before, after] = [at(projected, i), at(corrected, i)]
    workflow.addJobs(
      new Job(programs.background)
        .addArgs('-n', '-t', before, after, projectedTable, corrections)
        .addInputs(before, projectedTable, corrections)
        .addOutputs(after, intermediate),
    )
  })

  workflow.addJobs(
    new Job(programs.add)
      .addArgs('-n', correctedTable, header, mosaic)
      .addInputs(correctedTable, header, ...corrected)
      .addOutputs(mosaic),
    new Job(programs.shrink)
      .addArgs('-f', mosaic, shrunken, options.previewWidth)
      .addInputs(mosaic)
      .addOutputs(shrunken),
    new Job(programs.viewer)
      .addArgs('-ct', 1, '-gray', shrunken, 'min', 'max', 'gaussian-log', '-out', 'mosaic.png')
      .addInputs(shrunken)
      .addOutputs('mosaic.png'),
  )

  return {
    workflow,
    sites: sites(directory),
    transformations: programs.catalog,
    replicas,
    properties: new Properties({ 'pegasus.data.configuration': 'condorio', 'pegasus.mode': 'development' }),
  }
}

/** The Montage programs, installed in a container. */
function montagePrograms() {
  const container = new Container(
    'montage',
    'singularity',
    'https://data.isi.edu/montage/images/montage-adass.sif',
  ).addEnv({ MONTAGE_HOME: '/opt/Montage' })
  const program = (name: string): Transformation =>
    new Transformation(name, { site: 'condorpool', pfn: `/opt/Montage/bin/${name}`, container })
  const diff = program('mDiff')
  const fitPlane = program('mFitplane')
  const programs = {
    project: program('mProjectQL'),
    diffFit: program('mDiffFit')
      .addRequirement(fitPlane)
      .addRequirement(diff)
      .addEnv({ PATH: '/usr/bin:/bin:.' }),
    concatFit: program('mConcatFit'),
    bgModel: program('mBgModel').addCondorProfile({ requestMemory: '256 MB' }),
    background: program('mBackground'),
    add: program('mAddMem').addCondorProfile({ requestMemory: '512 MB' }),
    shrink: program('mShrink'),
    viewer: program('mViewer'),
  }
  const catalog = new TransformationCatalog(diff, fitPlane, ...Object.values(programs)).addContainers(
    container,
  )
  return { ...programs, catalog }
}

function sites(directory: string): SiteCatalog {
  return new SiteCatalog(
    new Site('local', { arch: 'x86_64', osType: 'linux' }).addDirectories(
      new Directory('sharedScratch', `${directory}/scratch`),
      new Directory('localStorage', `${directory}/output`),
    ),
    new Site('condorpool', { arch: 'x86_64', osType: 'linux' })
      .addPegasusProfile({ style: 'condor' })
      .addCondorProfile({ universe: 'vanilla' }),
  )
}

function at(files: readonly File[], i: number): File {
  const file = files[i]
  if (file === undefined) throw new RangeError(`there is no image ${i}`)
  return file
}

function pad(number: number): string {
  return String(number).padStart(6, '0')
}
