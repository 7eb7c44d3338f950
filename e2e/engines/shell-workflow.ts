import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { siteEntries, stageEntry } from './engines.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))

/** A job that runs a line of shell, or another workflow, and the files that it reads and writes. */
export interface Line {
  readonly id: string
  readonly shell?: string
  /** File of a workflow, or of a DAG that is planned already (`*.dag`, `plan.jsonl`). */
  readonly workflow?: string
  /** Arguments of the planner for a workflow. */
  readonly words?: readonly string[]
  readonly reads?: readonly string[]
  readonly writes: readonly string[]
  /** Its outputs are products. Default true. */
  readonly isProduct?: boolean
  readonly profiles?: Readonly<Record<string, Readonly<Record<string, string | number>>>>
}

/** What a command said. */
export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A job as `run jobs --json` tells. */
export interface JobLine {
  readonly jobId: string
  readonly state: string
  readonly attemptCount: number
  readonly reason: string | null
}

/** A folder with workflows of shell lines, the catalogs of this machine and the engines, and a registry. */
export class ShellWorkflow {
  readonly path: string
  /** Variables of its commands besides those of this process. */
  readonly variables: Readonly<Record<string, string>>

  /** @param options `dag`: in a folder where DAGMan runs; `stageUrl`: directory of a staging site */
  constructor(
    options: {
      readonly dag?: boolean
      readonly stageUrl?: string
      readonly variables?: Readonly<Record<string, string>>
    } = {},
  ) {
    this.variables = options.variables ?? {}
    this.path = options.dag === true ? dagFolder({ ...process.env, ...this.variables }) : freshFolder()
    const place = (name: string, type: string): string => {
      const path = join(this.path, name)
      return `  - {type: ${type}, path: ${path}, fileServers: [{url: 'file://${path}', operation: all}]}\n`
    }
    const local = `- name: local\n  directories:\n${place('scratch', 'sharedScratch')}${place('out', 'localStorage')}`
    const shared = `- name: sharedpool\n  profiles: {pegasus: {style: condor, auxillary.local: true}}\n  directories:\n${place('shared', 'sharedScratch')}`
    const stage = options.stageUrl === undefined ? '' : stageEntry(options.stageUrl)
    this.write(
      'sites.yml',
      `pegasus: '5.0'\nsites:\n${local}${siteEntries(join(this.path, 'cluster'))}${shared}${stage}`,
    )
    const sites = ['local', 'cluster', 'pool', 'sharedpool'].map(
      (name) => `{name: ${name}, pfn: /bin/sh, type: installed}`,
    )
    this.write(
      'transformations.yml',
      `pegasus: '5.0'\ntransformations:\n- {name: sh, sites: [${sites.join(', ')}]}\n`,
    )
    this.write('raw.txt', 'raw\n')
    this.replicas({ 'raw.txt': join(this.path, 'raw.txt') })
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true })
    writeFileSync(join(this.path, name), text)
  }

  /** Writes the replica catalog: files of this machine. */
  replicas(places: Readonly<Record<string, string>>): void {
    const replicas = Object.entries(places).map(([lfn, path]) => ({
      lfn,
      pfns: [{ site: 'local', pfn: `file://${path}` }],
    }))
    this.write('replicas.yml', JSON.stringify({ pegasus: '5.0', replicas }))
  }

  /** Writes a workflow file, `NAME.yml`. JSON is YAML in flow style. */
  workflow(name: string, lines: readonly Line[]): void {
    this.write(`${name}.yml`, JSON.stringify({ pegasus: '5.0', name, jobs: lines.map(jobOf) }))
  }

  /** Plans a workflow file. @returns the directory of the run, `runs/NAME` */
  async plan(name: string, ...words: readonly string[]): Promise<string> {
    const place = [
      '--output-sites',
      'local',
      '--dir',
      'runs',
      '--relative-dir',
      name,
      '--relative-submit-dir',
      name,
    ]
    await this.skyloom('plan', `${name}.yml`, ...place, '--cleanup', 'none', '--quiet', ...words)
    return join(this.path, 'runs', name)
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.variables, SKYLOOM_REGISTRY: join(this.path, 'registry.sqlite') }
  }

  /** Runs a command to its end. */
  async run(...words: readonly string[]): Promise<Answer> {
    const child = spawn(process.execPath, [command, ...words], { cwd: this.path, env: this.environment })
    const texts = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        texts[name] += part
      })
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, ...texts }
  }

  /** Runs a command that succeeds. @returns what it printed */
  async skyloom(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words)
    if (code !== 0) throw new Error(`skyloom ${words.join(' ')}: ${String(code)} ${stderr}${stdout}`)
    return stdout
  }

  /** Starts a command; the test ends it. */
  start(...words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [command, ...words], {
      cwd: this.path,
      env: this.environment,
      stdio: 'ignore',
    })
  }

  /** Jobs of a run, those of sub-workflows by their way. */
  async jobs(run?: string): Promise<readonly JobLine[]> {
    const text = await this.skyloom('run', 'jobs', ...(run === undefined ? [] : [run]), '--json')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JobLine)
  }

  async job(name: string, run?: string): Promise<JobLine> {
    const found = (await this.jobs(run)).find(({ jobId }) => jobId === name)
    if (found === undefined) throw new Error(`there is no job ${name}`)
    return found
  }
}

/** Lines that jobs wrote so far. */
export function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

/** DAGMan refuses to run below /tmp: a folder beside the configuration of its pool. */
function dagFolder(environment: NodeJS.ProcessEnv): string {
  const folder = mkdtempSync(join(dirname(environment['CONDOR_CONFIG'] ?? ''), 'dag-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function jobOf({ id, shell, workflow, words, reads = [], writes, isProduct, profiles }: Line): object {
  const isStagedOut = isProduct !== false
  const inputs = workflow === undefined ? reads : [workflow, ...reads]
  const common = {
    id,
    ...(profiles === undefined ? {} : { profiles }),
    uses: [
      ...inputs.map((lfn) => ({ lfn, type: 'input' })),
      ...writes.map((lfn) => ({ lfn, type: 'output', stageOut: isStagedOut, registerReplica: isStagedOut })),
    ],
  }
  if (workflow === undefined)
    return { ...common, type: 'job', name: 'sh', arguments: [`-c "${shell ?? 'true'}"`] }
  const isAbstract = workflow.endsWith('.yml')
  return {
    ...common,
    type: isAbstract ? 'pegasusWorkflow' : 'condorWorkflow',
    file: workflow,
    arguments: [...(words ?? [])],
  }
}
