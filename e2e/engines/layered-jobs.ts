import { createHash } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SmallJob } from '../../packages/runner/test/small-plan.ts'
import { seededRandom } from '../../testing/seeded-random.ts'

/** What goes wrong with a job, at its first attempt only; memory and time are too short until more is given. */
export const FAULTS = ['exit', 'signal', 'memory', 'time', 'output', 'transfer', 'worker'] as const

/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number]

/** A workflow in layers, with what goes wrong and what must come out. */
export interface LayeredJobs {
  readonly jobs: readonly SmallJob[]
  readonly faults: ReadonlyMap<number, Fault>
  /** Content of the output of each job, `p_NUMBER`. */
  readonly products: readonly string[]
}

/** How large the workflow is and where its parts are. */
export interface LayeredOptions {
  readonly count: number
  readonly layers: number
  /** Jobs with each fault. */
  readonly each: number
  readonly seed: number
  /** Folder that nodes see, for the program and its log. */
  readonly folder: string
  /** Address of a server that has `/NUMBER` for every job; see {@link rawOf}. */
  readonly server: string
}

/** Memory that jobs with the fault `memory` ask for first, megabytes; they need 150. */
const MEMORY_MB = '120'
/** Time that jobs with the fault `time` ask for first, minutes; they need 4 s. */
const TIME_MIN = '0.05'

/** What the server has for a job. */
export function rawOf(number: number): string {
  return `raw ${number}\n`
}

/**
 * Jobs in layers: those of the first read a file from the server, all others the outputs of two jobs of the layer above. The output
 * is the SHA-256 of number and inputs, so every product depends on all that is above it. Which jobs have faults follows from the seed.
 */
export function layeredJobs(options: LayeredOptions): LayeredJobs {
  const { count, layers, folder, server } = options
  const program = join(folder, 'work.sh')
  writeFileSync(program, PROGRAM)
  chmodSync(program, 0o755)
  const width = Math.ceil(count / layers)
  const faults = chooseFaults(options)
  const parentsOf = (number: number): readonly number[] => {
    const top = Math.floor(number / width) * width - width
    return top < 0 ? [] : [...new Set([number % width, (number + 7) % width])].map((at) => top + at)
  }
  const children = new Map<number, number[]>()
  for (let number = 0; number < count; number++)
    for (const parent of parentsOf(number)) children.set(parent, [...(children.get(parent) ?? []), number])
  const products: string[] = []
  const jobs = Array.from({ length: count }, (_, number): SmallJob => {
    const fault = faults.get(number)
    const parents = parentsOf(number)
    const reads = parents.map((parent) => `p_${parent}`)
    // A transfer goes wrong between the server and the node.
    const fetched = parents.length === 0 || fault === 'transfer' ? [`r_${number}`] : []
    const contents = parents.map((parent) => products[parent] ?? '')
    products.push(`${sha256([`${number}\n`, ...contents, ...fetched.map(() => rawOf(number))].join(''))}\n`)
    return {
      run: [program, fault ?? '-', `${number}`, join(folder, 'log'), `p_${number}`, ...reads, ...fetched],
      inputs: [
        ...reads.map((lfn) => stagedInput(folder, lfn)),
        ...fetched.map((lfn) => fetchedInput(server, number, lfn)),
      ],
      writes: [`p_${number}`],
      children: children.get(number) ?? [],
      // The loss of a worker costs none.
      retries: fault === undefined || fault === 'worker' ? 0 : 1,
      profiles:
        fault === 'memory' || fault === 'time'
          ? [
              {
                namespace: 'pegasus',
                key: fault === 'memory' ? 'memory' : 'maxwalltime',
                value: fault === 'memory' ? MEMORY_MB : TIME_MIN,
              },
            ]
          : [],
    }
  })
  return { jobs, faults, products }
}

function chooseFaults({ count, each, seed }: LayeredOptions): ReadonlyMap<number, Fault> {
  const random = seededRandom(seed)
  const faults = new Map<number, Fault>()
  for (const fault of FAULTS) {
    for (let left = each; left > 0; ) {
      const number = Math.floor(random() * count)
      if (faults.has(number)) continue
      faults.set(number, fault)
      left--
    }
  }
  return faults
}

type Inputs = NonNullable<SmallJob['inputs']>

/** An output of another job; its place is filled in by who knows the directory of the run. */
function stagedInput(runDir: string, lfn: string): Inputs[number] {
  return input(lfn, 'staging', `file://${join(runDir, 'run/scratch', lfn)}`, undefined)
}

function fetchedInput(server: string, number: number, lfn: string): Inputs[number] {
  return input(lfn, 'replica', `${server}/${number}`, sha256(rawOf(number)))
}

function input(
  lfn: string,
  from: 'staging' | 'replica',
  url: string,
  hash: string | undefined,
): Inputs[number] {
  return {
    lfn,
    from,
    sources: [{ site: from === 'staging' ? 'local' : 'web', url, priority: 0 }],
    path: lfn,
    isOptional: false,
    isExecutable: false,
    sizeBytes: undefined,
    containerType: undefined,
    sha256: hash,
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Use: work.sh FAULT NUMBER LOG OUTPUT INPUT... */
const PROGRAM = `#!/bin/sh
set -eu
fault=$1 number=$2 log=$3 output=$4
shift 4
say() { echo "$1 $number $SKYLOOM_ATTEMPT $(date +%s%3N)" >>"$log"; }
say begin
case $fault$SKYLOOM_ATTEMPT in
exit1) echo "no such star: $number" >&2; say end; exit 3 ;;
signal1) say end; kill -SEGV $$ ;;
worker1) say end; kill -9 "$PPID"; exit 1 ;;
output1) say end; exit 0 ;;
memory*) node -e 'const all = []; for (let n = 0; n < 10; n++) all.push(Buffer.alloc(10e6, 1)); setTimeout(() => all.length, 1500)' ;;
time*) sleep 4 ;;
esac
{ echo "$number"; cat "$@"; } | sha256sum | cut -c1-64 >"$output"
say end
`
