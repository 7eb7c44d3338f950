import {
  Container,
  Directory,
  File,
  FileServer,
  Job,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
  Workflow,
} from '@skyloom/workflow/api'

/** What the Monte Carlo of one study needs. */
export interface KotoOptions {
  /** Number of independent jobs. */
  readonly jobCount: number
  /** Jobs that run one after the other in one batch job. */
  readonly jobsPerCluster: number
  /** Absolute folder for scratch files and results on the submit host. */
  readonly directory: string
  /** Name of the user on the staging site. */
  readonly user: string
  /** Absolute paths of the files that every job reads. */
  readonly inputs: readonly string[]
  /** Absolute paths of the accidental-activity files; every job reads one of them. */
  readonly waves: readonly string[]
  /** Start of the random numbers; the same seed gives the same workflow. */
  readonly seed: number
}

/** The workflow with everything that planning it needs. */
export interface KotoStudy {
  readonly workflow: Workflow
  readonly sites: SiteCatalog
  readonly transformations: TransformationCatalog
  readonly replicas: ReplicaCatalog
  readonly properties: Properties
}

const DECAY_MODE = 'KL3pi0'

/** A KOTO Monte Carlo study: N independent jobs on a pool, with a staging site, a container and clustering. */
export function kotoStudy(options: KotoOptions): KotoStudy {
  const { inputs, waves } = options
  const container = new Container(
    'koto-dev',
    'singularity',
    '/cvmfs/singularity.opensciencegrid.org/chiehlin0212/koto-dev:latest',
    { imageSite: 'condorpool', bypassStaging: true },
  )
  const runKoto = new Transformation('run_koto', {
    site: 'local',
    pfn: `${options.directory}/bin/run_koto.sh`,
    isStageable: true,
    container,
  }).addPegasusProfile({ clustersSize: options.jobsPerCluster })

  const replicas = new ReplicaCatalog()
  for (const path of [...inputs, ...waves]) replicas.addReplica('local', baseName(path), `file://${path}`)

  const common = inputs.map((path) => new File(baseName(path)))
  const random = randomNumbers(options.seed)
  const workflow = new Workflow('koto')
  const taken = new Set<string>()
  while (taken.size < options.jobCount) {
    const seed = String(Math.floor(random() * 1_000_000))
    const wave = baseName(waves[Math.floor(random() * waves.length)] ?? '')
    // Two jobs with one seed would write one file.
    if (taken.has(seed)) continue
    taken.add(seed)
    workflow.addJobs(
      new Job(runKoto)
        .addArgs(DECAY_MODE, seed, wave)
        .addInputs(...common, wave)
        .addOutputs(`${DECAY_MODE}_BasicVetoAndCuts_Accidental_${seed}.root`),
    )
  }
  return {
    workflow,
    sites: sites(options),
    transformations: new TransformationCatalog(runKoto).addContainers(container),
    replicas,
    properties: new Properties({
      'pegasus.data.configuration': 'nonsharedfs',
      // A full invocation record, with the environment, also for jobs that succeed.
      'pegasus.gridstart.arguments': '-f',
      // No more idle jobs than this in the queue.
      'dagman.maxidle': 1000,
      'pegasus.dir.useTimestamp': true,
      'pegasus.dir.storage.deep': true,
    }),
  }
}

function sites({ directory, user }: KotoOptions): SiteCatalog {
  const local = new Site('local').addDirectories(
    new Directory('sharedScratch', `${directory}/scratch`),
    new Directory('localStorage', `${directory}/outputs`),
  )
  const staging = `/collab/user/${user}/staging`
  const stash = new Site('stash', { arch: 'x86_64', osType: 'linux' }).addDirectories(
    new Directory('sharedScratch', staging).addFileServers(
      new FileServer(`stash:///osgconnect${staging}`, 'all'),
    ),
  )
  const pool = new Site('condorpool', { arch: 'x86_64', osType: 'linux' })
    .addPegasusProfile({ style: 'condor' })
    .addCondorProfile({
      universe: 'vanilla',
      requirements: 'HAS_SINGULARITY == True && HAS_AVX2 == True',
      requestCpus: 1,
      requestMemory: '4 GB',
      requestDisk: '10 GB',
    })
    .addProfiles('condor', { '+ProjectName': '"collab.KOTO"' })
  return new SiteCatalog(local, stash, pool)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Numbers in [0, 1) from a seed (Park and Miller's minimal standard generator). */
function randomNumbers(seed: number): () => number {
  let state = (seed % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
