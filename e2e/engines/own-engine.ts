import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sharedPath } from '../../testing/shared-data.ts'
import type { Engine } from './engines.ts'

/** Settings of an engine beside the one that other tests use: ports above those; memory by looks, as control groups are shared. */
const SETTINGS: Readonly<Record<Engine['name'], Readonly<Record<string, string>>>> = {
  Slurm: { SLURM_BASE_PORT: portBeside('SLURM_BASE_PORT', 16817), SLURM_CGROUP: 'none' },
  HTCondor: { HTCONDOR_PORT: portBeside('HTCONDOR_PORT', 19618) },
}

/** @param usual the port of the other engine where its variable says nothing */
function portBeside(variable: string, usual: number): string {
  return String(Number(process.env[variable] ?? usual) + 8000)
}

/** An engine that a test may break. */
export class OwnEngine {
  readonly name: Engine['name']
  /** Variables with which its programs find it. */
  readonly variables: Readonly<Record<string, string>>
  readonly #script: string
  readonly #root: string
  readonly #settings: NodeJS.ProcessEnv

  /** Brings it up, or what of it is not up. */
  constructor(name: Engine['name']) {
    this.name = name
    const enginesDir = process.env['ENGINES_DIR'] ?? join(homedir(), '.cache/engines')
    this.#root = `${enginesDir}-own`
    mkdirSync(this.#root, { recursive: true })
    this.#script = sharedPath('engines', `${name.toLowerCase()}.sh`)
    this.#settings = {
      ...process.env,
      ...SETTINGS[name],
      ENGINES_DIR: this.#root,
      HTCONDOR_CACHE: process.env['HTCONDOR_CACHE'] ?? join(enginesDir, 'cache'),
      PATH: pathWithoutPools(),
    }
    this.up()
    this.variables =
      name === 'Slurm'
        ? { SLURM_CONF: join(this.#root, 'slurm/etc/slurm.conf') }
        : {
            CONDOR_CONFIG: join(this.#root, 'htcondor/etc/condor_config'),
            PATH: `${join(this.#root, 'htcondor/bin')}:${pathWithoutPools()}`,
          }
  }

  /** Starts what is missing. */
  up(): void {
    this.#call('up')
  }

  /** Ends it and forgets all that it knew. */
  remove(): void {
    this.#call('reset')
  }

  #call(word: string): void {
    const { status, stderr } = spawnSync(this.#script, [word], { env: this.#settings, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${this.#script} ${word}: ${stderr}`)
  }

  /** Runs a program of the engine. @returns what it printed */
  run(program: string, ...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, words, {
      env: { ...process.env, ...this.variables },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}${stdout}`)
    return stdout
  }

  /** Kills a daemon of Slurm, with its pid from the file of its name. */
  killDaemon(name: string): void {
    process.kill(this.#pidOf(`slurm/run/${name}.pid`), 'SIGKILL')
  }

  /** Waits until the controller of Slurm has written the jobs that it has now: what it has not it forgets when it is killed. */
  async saved(): Promise<void> {
    const nowMs = Date.now()
    const file = join(this.#root, 'slurm/state/job_state')
    while (!existsSync(file) || statSync(file).mtimeMs <= nowMs) await sleep(100)
  }

  /** Takes the power from a node of Slurm: its daemon, its steps and all that runs in them. */
  killNode(node: string): void {
    this.killDaemon(`slurmd-${node}`)
    const all = processes()
    for (const { pid, name } of all) {
      if (name !== 'slurmstepd' || environmentOf(pid)['SLURM_CONF'] !== this.variables['SLURM_CONF']) continue
      const below = descendants(all, pid)
      if (!below.some((child) => environmentOf(child)['SLURMD_NODENAME'] === node)) continue
      for (const one of [pid, ...below]) killHard(one)
    }
  }

  /** Kills a daemon of the pool; its master starts it again. */
  killInPool(daemon: string): void {
    const all = processes()
    const inside = new Set(descendants(all, this.#pidOf('htcondor/run/leader.pid')))
    const own = all.filter(({ pid, name }) => inside.has(pid) && name === daemon)
    if (own.length === 0) throw new Error(`no ${daemon} in the pool`)
    for (const { pid } of own) killHard(pid)
  }

  /** Takes the power from the whole pool. */
  killPool(): void {
    killHard(this.#pidOf('htcondor/run/leader.pid'))
  }

  #pidOf(file: string): number {
    return Number(readFileSync(join(this.#root, file), 'utf8'))
  }
}

/** The search path without the programs of another pool. */
function pathWithoutPools(): string {
  const folders = (process.env['PATH'] ?? '').split(':')
  return folders.filter((folder) => !folder.endsWith('/htcondor/bin')).join(':')
}

/** True where the scripts are that bring engines up; under `CI=true` they must be there. */
export function hasEngineScripts(): boolean {
  return process.env['CI'] === 'true' || existsSync(sharedPath('engines', 'slurm.sh'))
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const status = textOf(`/proc/${pid}/status`)
      const name = /^Name:\s+(.*)$/m.exec(status)?.[1]
      const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1]
      return name === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), name }]
    })
}

function descendants(all: readonly Process[], root: number): readonly number[] {
  const children = all.filter(({ parent }) => parent === root).map(({ pid }) => pid)
  return children.flatMap((pid) => [pid, ...descendants(all, pid)])
}

function environmentOf(pid: number): Readonly<Record<string, string>> {
  const lines = textOf(`/proc/${pid}/environ`).split('\0')
  return Object.fromEntries(
    lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  )
}

/** Text of a file of a process, which may have ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause
  }
}
