import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRootTree, packRootTree } from '../../testing/root-tree.ts'

/** Shape of the Monte Carlo workflow. */
export interface KotoShape {
  readonly jobs: number
  /** Jobs of a cluster. */
  readonly size: number
  /** URL of the staging site's scratch directory. */
  readonly staging: string
  readonly workSites: readonly string[]
}

/** Simulated events of a job. */
const EVENTS = 2000

/** Output of the job with a seed. */
export const rootFile = (seed: number): string => `KL3pi0_BasicVetoAndCuts_Accidental_${seed}.root`

/**
 * Writes the workflow of the KOTO experiment's Monte Carlo into a folder: so many independent jobs with a seed, an accidental
 * overlay and a configuration each, a stageable program in a container, clusters of a level, a staging site. In place of the
 * detector's simulation a small program draws decay points. It writes each start into `marks/log`, and the job with seed 3 fails when it
 * is begun for the first time in a site's run.
 */
export function writeKoto(folder: string, { jobs, size, staging, workSites }: KotoShape): void {
  for (const name of ['inputs', 'tools', 'marks', 'cache']) mkdirSync(join(folder, name))
  const image = packRootTree(makeRootTree(join(folder, 'tree'), 'koto-dev'), join(folder, 'koto-dev.tar'))
  // Nodes may have no bubblewrap of their own.
  copyFileSync('/usr/bin/bwrap', join(folder, 'tools/bwrap'))
  const program = join(folder, 'run_koto.sh')
  writeFileSync(program, SIMULATION)
  chmodSync(program, 0o755)
  const waves = ['run87_0.root', 'run87_1.root', 'run87_2.root']
  writeFileSync(join(folder, 'inputs/koto.conf'), `events=${EVENTS}\nlength=12.5\n`)
  for (const wave of waves) writeFileSync(join(folder, 'inputs', wave), `accidental ${wave}\n`.repeat(50))
  const lines = Array.from({ length: jobs }, (_, seed) => {
    const wave = waves[seed % waves.length] ?? ''
    const uses = `{lfn: koto.conf, type: input}, {lfn: ${wave}, type: input}, {lfn: ${rootFile(seed)}, type: output}`
    return `- {type: job, id: mc${seed}, name: run_koto, arguments: [KL3pi0, '${seed}', ${wave}], uses: [${uses}]}`
  })
  write(folder, 'workflow.yml', `name: koto\njobs:\n${lines.join('\n')}\n`)
  const replicas = ['koto.conf', ...waves].map(
    (lfn) => `- {lfn: ${lfn}, pfns: [{site: local, pfn: '${join(folder, 'inputs', lfn)}'}]}`,
  )
  write(folder, 'replicas.yml', `replicas:\n${replicas.join('\n')}\n`)
  write(
    folder,
    'transformations.yml',
    `transformations:
- name: run_koto
  sites: [{name: local, pfn: 'file://${program}', type: stageable, container: koto-dev}]
  profiles: {pegasus: {clusters.size: '${size}', clusters.cores: '2', runtime: '1'}}
containers:
- name: koto-dev
  type: bubblewrap
  image: file://${image}
  image.site: local
  checksum: {sha256: ${createHash('sha256').update(readFileSync(image)).digest('hex')}}
  mounts: ['${join(folder, 'marks')}:/marks']
  profiles: {env: {KOTO_RELEASE: E14-201605}}
`,
  )
  const env = `{SKYLOOM_CONTAINER_TOOLS: '${join(folder, 'tools')}', SKYLOOM_IMAGE_CACHE: '${join(folder, 'cache')}'}`
  const sites = workSites.map((site) => {
    const kind =
      site === 'cluster'
        ? '  grids: [{type: batch, contact: localhost, scheduler: slurm, jobtype: compute}]\n  profiles: {env: ENV}\n'
        : '  profiles: {pegasus: {style: condor}, env: ENV}\n'
    return `- name: ${site}\n${kind.replace('ENV', env)}`
  })
  write(
    folder,
    'sites.yml',
    `sites:
- name: local
  profiles: {env: ${env}}
  directories:
  - type: sharedScratch
    path: ${folder}/scratch
    fileServers: [{url: 'file://${folder}/scratch', operation: all}]
- name: stash
  directories:
  - type: sharedScratch
    path: /
    fileServers: [{url: '${staging}', operation: all}]
${sites.join('')}`,
  )
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), `pegasus: '5.0.4'\n${text}`)
}

/** Runs in a container that has nothing but BusyBox. */
const SIMULATION = `#!/bin/sh
set -e
decay=$1 seed=$2 wave=$3
echo "$seed" >>/marks/log
if [ "$seed" = 3 ] && [ ! -e /marks/failed ]; then
  : >/marks/failed
  echo 'segmentation violation in the field map' >&2
  exit 3
fi
. ./koto.conf
{
  echo "$decay $seed $KOTO_RELEASE $(cat /etc/image) $(sha256sum <"$wave" | cut -c1-16)"
  awk -v seed="$seed" -v events="$events" -v tau="$length" 'BEGIN {
    x = seed * 7919 + 1
    for (n = 0; n < events; n++) {
      x = (x * 16807) % 2147483647
      u = x / 2147483647
      z = tau * u
      if (z > 3 && z < 5) { kept++; sum += z }
    }
    printf "%d %d %.6f\\n", events, kept, sum
  }'
} >"\${decay}_BasicVetoAndCuts_Accidental_$seed.root"
`
