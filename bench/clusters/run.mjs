// Jobs that do nothing through Slurm and HTCondor: one array or cluster by hand, as quickly as the engine can, against a plan of the
// same jobs by `skyloom run start`; then what our process costs while many jobs wait. Arguments: jobs (200), jobs that wait (10,000;
// 0: none). Needs engines that are up (SLURM_CONF, CONDOR_CONFIG) and a shared folder, SKYLOOM_BENCH_SHARED.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hasProgram, measure, median } from '../support/measure.mjs'

const [jobs = '200', waiting = '10000'] = process.argv.slice(2)
const RUNS = 3
const shared = process.env.SKYLOOM_BENCH_SHARED ?? homedir()
const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))
const makePlan = fileURLToPath(new URL('../runner/make-plan.mjs', import.meta.url))
const folder = mkdtempSync(join(shared, 'skyloom-bench-'))
const engines = [
  {
    name: 'Slurm',
    site: 'slurm',
    program: 'sbatch',
    variable: 'SLURM_CONF',
    byHand: slurmByHand,
    hold: slurmHold,
  },
  {
    name: 'HTCondor',
    site: 'condorpool-shared',
    program: 'condor_submit',
    variable: 'CONDOR_CONFIG',
    byHand: condorByHand,
    hold: condorHold,
  },
].filter(({ program, variable }) => process.env[variable] !== undefined && hasProgram(program))

try {
  if (engines.length === 0) console.log('no engine is up: set SLURM_CONF or CONDOR_CONFIG')
  for (const engine of engines) {
    await race(engine)
    if (Number(waiting) > 0) await wait(engine)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function race({ name, site, byHand }) {
  const hand = []
  const ours = []
  const cpu = []
  for (let turn = 0; turn < RUNS; turn++) {
    hand.push(await byHand(Number(jobs)))
    const runDir = plan(`${site}-${turn}`, jobs, site)
    const start = ['run', 'start', runDir, '--registry', join(runDir, 'registry.db'), '--quiet']
    const figures = measure(process.execPath, [command, ...start], {})
    ours.push(figures.wall)
    cpu.push(figures.cpu)
  }
  const ratio = median(ours) / median(hand)
  const list = (times) => times.map((time) => time.toFixed(1)).join(' ')
  console.log(`${name}: ${jobs} jobs that do nothing`)
  console.log(`  by hand, one submission   ${median(hand).toFixed(2)} s (${list(hand)})`)
  console.log(
    `  skyloom run start         ${median(ours).toFixed(2)} s (${list(ours)}), CPU ${median(cpu).toFixed(2)} s`,
  )
  console.log(
    `  ratio                     ${ratio.toFixed(2)} (target: at most 1.2) ${ratio <= 1.2 ? 'met' : 'MISSED'}`,
  )
}

/** Our process while jobs wait: the engine starts none of them. */
async function wait({ name, site, hold }) {
  const release = hold()
  const runDir = plan(`${site}-wait`, waiting, site)
  const words = ['run', 'start', runDir, '--registry', join(runDir, 'registry.db'), '--quiet']
  const child = spawn(process.execPath, [command, ...words], { stdio: 'ignore' })
  try {
    await sleep(30_000)
    const before = usage(child.pid)
    await sleep(30_000)
    const after = usage(child.pid)
    const share = (after.cpuSeconds - before.cpuSeconds) / 30
    console.log(`${name}: ${waiting} jobs wait`)
    console.log(
      `  our process               ${(100 * share).toFixed(1)} % of a core (target: under 5) ${share < 0.05 ? 'met' : 'MISSED'}`,
    )
    console.log(
      `  its memory                ${after.memoryMb.toFixed(0)} MB (target: under 200) ${after.memoryMb < 200 ? 'met' : 'MISSED'}`,
    )
  } finally {
    child.kill('SIGKILL')
    release()
  }
}

function usage(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')
  const words = fields.split(' ')
  const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return { cpuSeconds: (Number(words[11]) + Number(words[12])) / 100, memoryMb: Number(memory?.[1]) / 1024 }
}

function plan(name, count, site) {
  const runDir = join(folder, name)
  const { status, stderr } = spawnSync(
    process.execPath,
    [makePlan, runDir, count, 'wide', '/bin/true', site],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  mkdirSync(join(runDir, 'catalogs'))
  const grids = 'grids: [{type: batch, contact: localhost, scheduler: slurm, jobtype: compute}]'
  const style = 'profiles: {pegasus: {style: condor}}'
  const entry = site === 'slurm' ? grids : style
  writeFileSync(join(runDir, 'catalogs/sites.yml'), `pegasus: '5.0'\nsites:\n- name: ${site}\n  ${entry}\n`)
  return runDir
}

async function slurmByHand(count) {
  const started = performance.now()
  const id = said('sbatch', [
    '--parsable',
    '--output=/dev/null',
    '--mem=1',
    `--array=1-${count}`,
    '--wrap',
    'true',
  ]).trim()
  for (;;) {
    if (said('squeue', ['--noheader', `--jobs=${id}`, '--states=PD,R,CG', '--format=%i']).trim() === '') break
    await sleep(200)
  }
  return (performance.now() - started) / 1000
}

async function condorByHand(count) {
  const place = mkdtempSync(join(folder, 'hand-'))
  const log = join(place, 'log')
  const text = `executable = /bin/true\nshould_transfer_files = NO\nrequest_memory = 1\nlog = ${log}\nqueue ${count}\n`
  writeFileSync(join(place, 'jobs.sub'), text)
  const started = performance.now()
  said('condor_submit', ['-terse', join(place, 'jobs.sub')])
  for (;;) {
    const ended = readFileSync(log, 'utf8').match(/^005 /gm)?.length ?? 0
    if (ended >= count) break
    await sleep(200)
  }
  return (performance.now() - started) / 1000
}

/** Keeps Slurm from starting jobs. @returns what lets it go on */
function slurmHold() {
  said('scontrol', ['update', 'PartitionName=main', 'State=DOWN'])
  return () => {
    spawnSync('scancel', ['--user', process.env.USER ?? 'root'])
    said('scontrol', ['update', 'PartitionName=main', 'State=UP'])
  }
}

/** A pool without free slots would do the same: all its cores are taken by jobs that sleep. */
function condorHold() {
  const place = mkdtempSync(join(folder, 'hold-'))
  const text =
    'executable = /bin/sleep\narguments = 600\nshould_transfer_files = NO\nrequest_memory = 1\nrequest_cpus = 1\npriority = 20\nqueue 64\n'
  writeFileSync(join(place, 'hold.sub'), text)
  const id = /^\d+/.exec(said('condor_submit', ['-terse', join(place, 'hold.sub')]))?.[0]
  return () => {
    spawnSync('condor_rm', [id ?? ''])
    spawnSync('condor_rm', ['-constraint', 'regexp("^skyloom-", JobBatchName)'])
  }
}

function said(program, words) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`)
  return stdout
}
