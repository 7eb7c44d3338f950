import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { engines } from './engines.ts'

/*
 * DAGMan runs the plan; the registry follows it. HTCondor is the real one.
 */

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))
const hasPool = engines.some(({ name }) => name === 'HTCondor')
/** Ends of the follower; more at full count. */
const KILLS = Number(process.env['SKYLOOM_ENGINE_KILLS'] ?? 3)

/** A job that runs a line of shell, and the files that it reads and writes. */
interface Line {
  readonly id: string
  readonly shell: string
  readonly reads?: readonly string[]
  readonly writes: readonly string[]
}

class DagFolder {
  /** DAGMan refuses to run below /tmp. */
  readonly path = mkdtempSync(join(dirname(process.env['CONDOR_CONFIG'] ?? ''), 'dag-'))

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }))
    const place = (name: string, type: string): string => {
      const path = join(this.path, name)
      return `  - {type: ${type}, path: ${path}, fileServers: [{url: 'file://${path}', operation: all}]}\n`
    }
    const local = `- name: local\n  directories:\n${place('scratch', 'sharedScratch')}${place('out', 'localStorage')}`
    this.write(
      'sites.yml',
      `pegasus: '5.0'\nsites:\n${local}- {name: pool, profiles: {pegasus: {style: condor}}}\n`,
    )
    const sh = '- {name: sh, sites: [{name: pool, pfn: /bin/sh, type: installed}]}'
    this.write('transformations.yml', `pegasus: '5.0'\ntransformations:\n${sh}\n`)
    this.write('raw.txt', 'raw\n')
    const raw = `pfns: [{site: local, pfn: 'file://${join(this.path, 'raw.txt')}'}]`
    this.write('replicas.yml', `pegasus: '5.0'\nreplicas:\n- {lfn: raw.txt, ${raw}}\n`)
  }

  write(name: string, text: string): void {
    mkdirSync(this.path, { recursive: true })
    writeFileSync(join(this.path, name), text)
  }

  /** Plans jobs for DAGMan. @returns the directory of the run */
  plan(lines: readonly Line[], retries: number): string {
    const jobs = lines.map(({ id, shell, reads = [], writes }) => ({
      type: 'job',
      name: 'sh',
      id,
      arguments: [`-c "${shell}"`],
      uses: [
        ...reads.map((lfn) => ({ lfn, type: 'input' })),
        ...writes.map((lfn) => ({ lfn, type: 'output', stageOut: true, registerReplica: true })),
      ],
    }))
    this.write('workflow.yml', JSON.stringify({ pegasus: '5.0', name: 'dag', jobs }))
    const where = [
      '--sites',
      'pool',
      '--output-sites',
      'local',
      '--dir',
      'runs',
      '--relative-submit-dir',
      'one',
    ]
    const how = [
      '-D',
      'pegasus.data.configuration=condorio',
      '-D',
      `dagman.retry=${retries}`,
      '--cleanup',
      'none',
    ]
    this.skyloom('plan', 'workflow.yml', ...where, ...how, '--format', 'dagman', '--quiet')
    return join(this.path, 'runs/one')
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SKYLOOM_REGISTRY: join(this.path, 'registry.sqlite') }
  }

  run(...words: readonly string[]): {
    readonly code: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const options = { cwd: this.path, encoding: 'utf8', env: this.environment } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], options)
    return { code: status, stdout, stderr }
  }

  skyloom(...words: readonly string[]): string {
    const { code, stdout, stderr } = this.run(...words)
    if (code !== 0) throw new Error(`skyloom ${words.join(' ')}: ${stderr}${stdout}`)
    return stdout
  }

  follow(...words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [command, ...words], {
      cwd: this.path,
      env: this.environment,
      stdio: 'ignore',
    })
  }

  job(name: string): {
    readonly state: string
    readonly attemptCount: number
    readonly reason: string | null
  } {
    const line = this.skyloom('run', 'jobs', '--json')
      .trimEnd()
      .split('\n')
      .map(
        (text) =>
          JSON.parse(text) as { jobId: string; state: string; attemptCount: number; reason: string | null },
      )
      .find(({ jobId }) => jobId === name)
    if (line === undefined) throw new Error(`there is no job ${name}`)
    return line
  }
}

const waitFor = { timeout: 90_000, interval: 1000 }

test.runIf(hasPool)(
  'retry, hold, release, condor_rm and rescue of a DAG are in the registry as they happened',
  { timeout: 300_000 },
  async () => {
    const folder = new DagFolder()
    const mark = join(folder.path, 'mark')
    const again = `test -e ${mark} || { touch ${mark}; echo bad luck >&2; exit 5; }`
    const runDir = folder.plan(
      [
        {
          id: 'twice',
          shell: `cat raw.txt raw.txt >twice.txt; ${again}`,
          reads: ['raw.txt'],
          writes: ['twice.txt'],
        },
        { id: 'slow', shell: `test -e ${mark}.go || sleep 300; echo slow >slow.txt`, writes: ['slow.txt'] },
        {
          id: 'last',
          shell: 'cat slow.txt twice.txt >last.txt',
          reads: ['slow.txt', 'twice.txt'],
          writes: ['last.txt'],
        },
      ],
      1,
    )
    const started = folder.skyloom('run', 'start', runDir, '--detach')
    expect(started).toContain('is in the queue of HTCondor')
    // Nobody follows it now: every look brings the registry up to date first.
    await expect.poll(() => folder.job('sh_slow').state, waitFor).toBe('running')
    folder.skyloom('run', 'hold', 'sh_slow', '--reason', 'look at it first')
    await expect.poll(() => folder.job('sh_slow').state, waitFor).toBe('held')
    expect(folder.skyloom('run', 'explain', 'sh_slow')).toMatch(/it is held: look at it first.*\(code 1\.0\)/)
    folder.skyloom('run', 'release', 'sh_slow')
    await expect.poll(() => folder.job('sh_slow').state, waitFor).toBe('running')
    await expect.poll(() => folder.job('sh_twice').state, waitFor).toBe('succeeded')
    expect(folder.job('sh_twice').attemptCount).toBe(2)
    expect(folder.skyloom('run', 'explain', 'sh_twice')).toContain('attempt 1: failed')
    expect(folder.skyloom('run', 'explain', 'sh_twice')).toContain('exit code 5: bad luck')
    // DAGMan itself is taken out of the queue; it leaves a rescue file, by which the run goes on.
    folder.skyloom('run', 'cancel')
    await expect.poll(() => folder.skyloom('run', 'status'), waitFor).toContain('Canceled')
    expect(readdirSync(runDir).filter((name) => name.includes('.rescue'))).toEqual(['dag-0.dag.rescue001'])
    writeFileSync(`${mark}.go`, '')
    const resumed = folder.run('run', 'resume')
    expect(resumed.stderr).toContain('DAGMan goes on by')
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') as string })
    expect(folder.job('sh_twice').attemptCount).toBe(2)
    expect(readFileSync(join(folder.path, 'out/last.txt'), 'utf8')).toBe('slow\nraw\nraw\n')
    const history = folder.skyloom('trace', join(folder.path, 'out/last.txt'))
    for (const name of ['slow.txt', 'twice.txt', 'raw.txt']) expect(history).toContain(name)
    expect(folder.run('run', 'verify').code).toBe(0)
  },
)

test.runIf(hasPool)(
  'the follower and DAGMan are killed: nothing is lost, doubled or run twice',
  { timeout: 300_000 },
  async () => {
    const folder = new DagFolder()
    const log = join(folder.path, 'log')
    const names = Array.from({ length: 6 }, (_, at) => `j${at}`)
    const runDir = folder.plan(
      names.map((id, at) => ({
        id,
        shell: `echo ${id} >>${log}; sleep 1; echo ${id} >${id}.txt`,
        reads: at < 3 ? ['raw.txt'] : [`j${at - 3}.txt`],
        writes: [`${id}.txt`],
      })),
      0,
    )
    for (let kill = 0; kill < KILLS; kill++) {
      const child = folder.follow('run', 'start', runDir, '--quiet')
      await new Promise((resolve) => setTimeout(resolve, 1500 + ((kill * 7919) % 1700)))
      const ended = new Promise((resolve) => child.once('exit', resolve))
      expect(child.exitCode).toBeNull()
      child.kill('SIGKILL')
      await ended
      if (kill === 1 && existsSync(join(runDir, 'dag-0.dag.lock'))) killDagman(runDir)
    }
    expect(folder.run('run', 'start', runDir, '--quiet')).toMatchObject({ code: 0 })
    expect(readFileSync(log, 'utf8').trimEnd().split('\n').sort()).toEqual(names)
    for (const id of names)
      expect(folder.job(`sh_${id}`)).toMatchObject({ state: 'succeeded', attemptCount: 1 })
  },
)

/** Kills the DAGMan of a directory; HTCondor begins it again. */
function killDagman(runDir: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const isDagman = readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('condor_scheduniv_exec.')
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
      if (isDagman && environment.includes(`PWD=${runDir}`)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
}
