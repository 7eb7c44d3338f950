import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { planFiles, writeRun } from '@skyloom/workflow/node'

/** A planned run whose programs write what they read, with a line of their own. */
export interface ShapedRun {
  readonly runDir: string
  readonly dataConfiguration: string
  /** The final product. */
  readonly product: string
  /** Folder of intermediate files. */
  readonly scratch: string
  /** Lines `S job` and `E job` of every program that started and ended. */
  trace(): readonly string[]
}

/** What the programs of the workflow do: each joins its inputs and says its name, after a time. */
const program = (seconds: number): string => `#!/bin/sh
trace=$1; job=$2; out=$3; shift 3
echo "S $job" >> "$trace"
sleep ${seconds}
{ echo "$job"; cat "$@"; } > "$out"
echo "E $job" >> "$trace"
`

/**
 * A workflow of the shape of Montage: project each image, fit the differences of neighbours, one model, correct each image, add.
 * Planned to run on this machine, with stage-in, stage-out, registration and cleanup. \`images\` gives 4.5 jobs each.
 */
export async function montageRun(
  folder: string,
  images: number,
  { dataConfiguration = 'sharedfs', programS = 0.02 } = {},
): Promise<ShapedRun> {
  mkdirSync(folder, { recursive: true })
  const programFile = join(folder, 'join files')
  writeFileSync(programFile, program(programS))
  chmodSync(programFile, 0o755)
  const trace = join(folder, 'trace')
  writeFileSync(trace, '')
  const jobs: string[] = []
  const job = (id: string, output: string, inputs: readonly string[], isFinal = false): void => {
    const args = [trace, id, output, ...inputs].map((word) => JSON.stringify(`"${word}"`)).join(', ')
    const uses = inputs.map((lfn) => `      - {lfn: "${lfn}", type: input}\n`).join('')
    jobs.push(
      `  - type: job\n    name: join\n    id: ${id}\n    arguments: [${args}]\n    uses:\n${uses}` +
        `      - {lfn: "${output}", type: output, stageOut: ${isFinal}, registerReplica: ${isFinal}}\n`,
    )
  }
  const numbers = Array.from({ length: images }, (_, k) => k)
  for (const k of numbers) job(`project_${k}`, `p_${k}.fits`, [`raw ${k}.fits`])
  const diffs = numbers.flatMap((k) => [1, 2].map((d) => [k, (k + d) % images] as const))
  for (const [a, b] of diffs) job(`diff_${a}_${b}`, `fit_${a}_${b}.txt`, [`p_${a}.fits`, `p_${b}.fits`])
  job(
    'model',
    'corrections.tbl',
    diffs.map(([a, b]) => `fit_${a}_${b}.txt`),
  )
  for (const k of numbers) job(`background_${k}`, `c_${k}.fits`, [`p_${k}.fits`, 'corrections.tbl'])
  job(
    'add',
    'mosaic.fits',
    numbers.map((k) => `c_${k}.fits`),
    true,
  )
  writeFileSync(join(folder, 'workflow.yml'), `pegasus: "5.0.4"\nname: shaped\njobs:\n${jobs.join('')}`)
  const place = (name: string): string => `{url: "file://${join(folder, name)}", operation: all}`
  writeFileSync(
    join(folder, 'sites.yml'),
    `pegasus: "5.0.4"\nsites:\n  - name: local\n    arch: x86_64\n    os.type: linux\n    directories:\n` +
      `      - {type: sharedScratch, path: "${join(folder, 'scratch')}", fileServers: [${place('scratch')}]}\n` +
      `      - {type: localStorage, path: "${join(folder, 'out')}", fileServers: [${place('out')}]}\n`,
  )
  writeFileSync(
    join(folder, 'transformations.yml'),
    `pegasus: "5.0.4"\ntransformations:\n  - name: join\n    sites: [{name: local, pfn: "${programFile}", type: installed}]\n`,
  )
  const replicas = numbers.map((k) => {
    const path = join(folder, `raw ${k}.fits`)
    writeFileSync(path, `raw ${k} ${'x'.repeat(k)}\n`)
    return `  - {lfn: "raw ${k}.fits", pfns: [{site: local, pfn: "file://${path}"}]}\n`
  })
  writeFileSync(join(folder, 'replicas.yml'), `pegasus: "5.0.4"\nreplicas:\n${replicas.join('')}`)
  const planned = await planFiles({
    workflow: join(folder, 'workflow.yml'),
    folder,
    dir: join(folder, 'runs'),
    definitions: new Map([['pegasus.data.configuration', dataConfiguration]]),
    plan: { sites: ['local'], outputSites: ['local'] },
  })
  if (!planned.ok) throw new Error(planned.problems.map(({ text }) => text).join('\n'))
  const { runDir } = await writeRun(planned, { format: 'skyloom', program: 'skyloom test' })
  return {
    runDir,
    dataConfiguration,
    product: join(folder, 'out', 'mosaic.fits'),
    scratch: join(folder, 'scratch'),
    trace: () => readFileSync(trace, 'utf8').split('\n').filter(Boolean),
  }
}

/** Makes a planned run new: without history, intermediate files and products. */
export function renewRun(run: ShapedRun): void {
  for (const path of [run.scratch, dirname(run.product)]) rmSync(path, { recursive: true, force: true })
  for (const name of readdirSync(run.runDir))
    if (name !== 'plan.jsonl' && name !== 'request.json')
      rmSync(join(run.runDir, name), { recursive: true, force: true })
  const request = join(run.runDir, 'request.json')
  const facts = JSON.parse(readFileSync(request, 'utf8')) as object
  writeFileSync(request, JSON.stringify({ ...facts, workflowId: randomUUID() }))
}
