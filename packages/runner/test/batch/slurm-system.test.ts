import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { SlurmSystem } from '../../dist/batch/slurm-system.js'

/** Programs of Slurm that say what is in files: `NAME.out` and, with an exit code of 1, `NAME.err`. All calls are in `calls`. */
class Programs {
  readonly #folder = freshFolder()

  constructor() {
    mkdirSync(join(this.#folder, 'bin'))
    for (const name of ['sbatch', 'squeue', 'sacct', 'scontrol', 'scancel', 'sinfo']) {
      const file = join(this.#folder, 'bin', name)
      const said = join(this.#folder, name)
      writeFileSync(
        file,
        `#!/bin/sh\necho ${name} "$@" >>${this.#folder}/calls\nif [ -e ${said}.err ]; then cat ${said}.err >&2; exit 1; fi\ncat ${said}.out\n`,
      )
      chmodSync(file, 0o755)
      this.says(name, '')
    }
    const path = process.env['PATH'] ?? ''
    process.env['PATH'] = `${join(this.#folder, 'bin')}:${path}`
    onTestFinished(() => {
      process.env['PATH'] = path
    })
  }

  says(program: string, text: string): void {
    writeFileSync(join(this.#folder, `${program}.out`), text)
  }

  fails(program: string, text: string): void {
    writeFileSync(join(this.#folder, `${program}.err`), text)
  }

  file(name: string, text: string): string {
    writeFileSync(join(this.#folder, name), text)
    return join(this.#folder, name)
  }

  /** Names of the programs that were called. */
  get calls(): readonly string[] {
    const text = readFileSync(join(this.#folder, 'calls'), 'utf8').trimEnd()
    return text.split('\n').map((line) => line.split(' ', 1)[0] ?? '')
  }
}

const batch = { name: 'skyloom-1', folder: '/shared/skyloom-1', id: '41', elements: 2 }

function systemAt(time: { ms: number }): SlurmSystem {
  return new SlurmSystem(0, { nowMs: () => time.ms, monotonicMs: () => time.ms })
}

test('elements in the queue are told by one question, ends by the accounting', async () => {
  const programs = new Programs()
  const system = systemAt({ ms: 0 })
  programs.says('squeue', '41|0|RUNNING|None|wn1\n')
  expect(await system.query([batch])).toEqual(
    new Map([['skyloom-1', new Map([[0, { phase: 'running', host: 'wn1' }]])]]),
  )
  programs.says('sacct', '41_0|RUNNING|0:0|wn1\n41_1|OUT_OF_MEMORY|0:125|wn2\n')
  const end = { cause: 'memory', text: 'Slurm: OUT_OF_MEMORY, exit code 0:125', host: 'wn2' }
  expect((await system.query([batch])).get('skyloom-1')).toEqual(new Map([[1, { phase: 'ended', end }]]))
  await system.query([batch])
  await system.query([batch])
  // What is known is not asked again.
  expect(programs.calls).toEqual(['squeue', 'sacct', 'squeue', 'squeue'])
})

test('while the accounting is away the text file of completed jobs tells', async () => {
  const programs = new Programs()
  const system = systemAt({ ms: 0 })
  programs.fails('sacct', 'sacct: error: Problem talking to the database: Connection refused\n')
  const line =
    'JobId=44 Name=skyloom-1 JobState=TIMEOUT NodeList=wn2 ArrayJobId=41 ArrayTaskId=1 ExitCode=0:15 \n'
  const place = programs.file('jobcomp.log', line)
  programs.says('scontrol', `JobCompLoc             = ${place}\nJobCompType            = jobcomp/filetxt\n`)
  await system.query([batch])
  const end = { cause: 'time', text: 'Slurm: TIMEOUT, exit code 0:15', host: 'wn2' }
  expect((await system.query([batch])).get('skyloom-1')).toEqual(new Map([[1, { phase: 'ended', end }]]))
})

test('what nobody knows any more is lost after a minute, not sooner', async () => {
  const programs = new Programs()
  const time = { ms: 0 }
  const system = systemAt(time)
  // A controller that lost its state: the database still believes that the job waits.
  programs.says('sacct', '41_0|PENDING|0:0|None assigned\n41_1|PENDING|0:0|None assigned\n')
  const states = async (): Promise<unknown> => {
    await system.query([batch])
    return (await system.query([batch])).get('skyloom-1')
  }
  expect(await states()).toEqual(new Map())
  time.ms = 59_000
  expect(await states()).toEqual(new Map())
  time.ms = 61_000
  const gone = { phase: 'ended', end: { cause: 'infrastructure', text: 'Slurm has forgotten it' } }
  expect(await states()).toEqual(new Map([0, 1].map((element) => [element, gone])))
})

test('a controller that is away is an outage, a partition that is not there is not', async () => {
  const programs = new Programs()
  const system = systemAt({ ms: 0 })
  const submission = {
    ...batch,
    data: 'shared',
    cores: 1,
    memoryMb: 0,
    timeMs: 0,
    priority: 0,
    directives: ['--partition=nowhere'],
    script: '/shared/element.sh',
    inputs: [],
    folder: '/tmp',
  } as const
  programs.fails('sbatch', 'sbatch: error: Batch job submission failed: Unable to contact slurm controller\n')
  expect(await system.submit(submission)).toMatchObject({ isOutage: true })
  programs.fails('sbatch', 'sbatch: error: invalid partition specified: nowhere\n')
  expect(await system.submit(submission)).toEqual({
    isOutage: false,
    isFull: false,
    text: 'sbatch: error: invalid partition specified: nowhere',
    kind: 'start',
  })
  programs.fails(
    'sbatch',
    'sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy',
  )
  expect(await system.submit(submission)).toMatchObject({ isOutage: false, isFull: true })
  programs.fails('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n')
  await expect(system.query([batch])).rejects.toMatchObject({ code: 'RUNNER_SCHEDULER' })
})
