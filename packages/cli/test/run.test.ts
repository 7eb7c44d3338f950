import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { type Answer, folderWith, plannedFolder, skyloomIn, skyloomProcess } from './command.ts'

const SKYLOOM = fileURLToPath(new URL('../bin/skyloom.js', import.meta.url))

const WORKFLOW = `pegasus: "5.0.4"
name: tiny
jobs:
  - {type: job, id: A, name: tool, arguments: ["-c 'cat raw.txt > a.txt'"], uses: [{lfn: raw.txt, type: input}, {lfn: a.txt, type: output, stageOut: false, registerReplica: false}]}
  - {type: job, id: B, name: tool, arguments: ["-c 'tr a-z A-Z < a.txt > b.txt; SAY'"], uses: [{lfn: a.txt, type: input}, {lfn: b.txt, type: output, stageOut: true, registerReplica: true}]}
`

const INNER = `pegasus: "5.0.4"
name: inner
jobs:
  - {type: job, id: I, name: tool, arguments: ["-c 'tr a-z A-Z < a.txt > b.txt'"], uses: [{lfn: a.txt, type: input}, {lfn: b.txt, type: output, stageOut: true}]}
`

const OUTER = `pegasus: "5.0.4"
name: outer
jobs:
  - {type: job, id: A, name: tool, arguments: ["-c 'cat raw.txt > a.txt'"], uses: [{lfn: raw.txt, type: input}, {lfn: a.txt, type: output, stageOut: false}]}
  - {type: pegasusWorkflow, id: S, file: inner.yml, arguments: ["--sites local --output-sites local"], uses: [{lfn: inner.yml, type: input}, {lfn: a.txt, type: input}, {lfn: b.txt, type: output, stageOut: true}]}
  - {type: job, id: C, name: tool, arguments: ["-c 'cat b.txt b.txt > c.txt'"], uses: [{lfn: b.txt, type: input}, {lfn: c.txt, type: output, stageOut: true}]}
`

describe('skyloom run', () => {
  test('runs a plan and answers about it', async () => {
    const { folder, runDir, registry } = await plannedFolder(WORKFLOW.replace('SAY', 'true'))
    const run = async (...args: readonly string[]): Promise<Answer> =>
      await skyloomProcess(folder, 'run', ...args, '--registry', registry)
    expect(await run('start', runDir, '--quiet')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^run \S+ succeeded: (\d+) of \1 jobs done\n$/) as unknown,
      stderr: '',
    })
    expect(readFileSync(join(folder, 'out/b.txt'), 'utf8')).toBe('ORION\n')
    expect((await run('resume', 'tiny', '--quiet')).code).toBe(0)
    expect((await run('status')).stdout).toMatch(/100\.0 +Success +tiny/)
    const jobs = (await run('jobs', '--transformation', 'tool')).stdout
    expect(jobs).toBe('tool_A\tsucceeded\ttool\t1\ntool_B\tsucceeded\ttool\t1\n')
    const statistics = JSON.parse((await run('statistics', '--json')).stdout) as object
    expect(statistics).toMatchObject({ tasks: { succeeded: 2, failed: 0, total: 2, retries: 0 } })
    expect(await run('analyze')).toMatchObject({ code: 0 })
    expect((await run('timeline', '-o', 'run.html')).code).toBe(0)
    const page = readFileSync(join(folder, 'run.html'), 'utf8')
    expect(page).toContain('<title>tool_A, tool, succeeded')
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    expect(await run('pause')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the run has ended') as unknown,
    })
    expect((await run('remove', 'tiny')).code).toBe(0)
    expect(existsSync(join(folder, 'out/b.txt'))).toBe(true)
    expect((await run('status', 'tiny')).stderr).toMatch(
      /there is no such run: found tiny.*\[RUNNER_NOT_FOUND\]/,
    )
  })

  test('says what failed, why, and how to go on', async () => {
    const { folder, runDir, registry } = await plannedFolder(
      WORKFLOW.replace('SAY', 'echo no such star >&2; test -e mended'),
    )
    const run = async (...args: readonly string[]): Promise<Answer> =>
      await skyloomProcess(folder, 'run', ...args, '--registry', registry)
    const failed = await run('start', runDir)
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/failed: \d+ of \d+ jobs done, 1 failed\nnext: skyloom run analyze /)
    expect(failed.stderr).toBe('failed: tool_B: exit code 1: no such star\n')
    expect((await run('analyze')).stdout).toMatch(/^cause: tool_B: exit code 1: no such star\n/)
    expect((await run('logs', 'tool_B')).stderr).toBe('no such star\n')
    // A task is known by its id in the abstract workflow, too; of other names those alike are offered.
    expect((await run('logs', 'B')).stderr).toBe('no such star\n')
    expect((await run('explain', 'tool')).stderr).toMatch(
      /no such job: found tool, .*for example tool_A, tool_B; skyloom run jobs lists all \[RUNNER_NOT_FOUND\]/,
    )
    expect((await run('explain', 'stage_out_local_local_1_0')).stdout).toMatch(
      /unready\n {2}tool_B failed: exit code 1: no such star\n {2}stage_out_local_local_1_0 <- tool_B\n/,
    )
    // Going on tries what failed again, and nothing else.
    const again = await run('resume')
    expect(again.code).toBe(1)
    expect((await run('jobs', '--transformation', 'tool')).stdout).toBe(
      'tool_A\tsucceeded\ttool\t1\ntool_B\tfailed\ttool\t2\texit code 1: no such star\n',
    )
    expect((await run('jobs', '--state', 'nonsense')).code).toBe(2)
    // DAGMan could go on from here with the DAG of the same plan.
    const rescue = await run('rescue')
    expect(rescue.code).toBe(0)
    const file = /written to (.*\.dag\.rescue001)\n/.exec(rescue.stdout)?.[1] ?? ''
    expect(readFileSync(file, 'utf8')).toMatch(/^# Nodes that failed: 1\n# {3}tool_B,<ENDLIST>$/m)
    expect(readFileSync(file, 'utf8')).toMatch(/^DONE tool_A$/m)
  })

  test('tells runs whose engine is gone from those that run', async () => {
    const { folder, runDir, registry } = await plannedFolder(
      // It goes on when it is told to.
      WORKFLOW.replace('SAY', () => 'trap : TERM; echo $$; sleep 60 & wait; kill $!'),
    )
    const run = async (...args: readonly string[]): Promise<Answer> =>
      await skyloomProcess(folder, 'run', ...args, '--registry', registry)
    const engine = spawn(process.execPath, [SKYLOOM, 'run', 'start', runDir, '--registry', registry], {
      stdio: 'ignore',
    })
    onTestFinished(() => void engine.kill('SIGKILL'))
    let program = 0
    await vi.waitFor(async () => {
      program = Number((await run('logs', 'tool_B')).stdout)
      expect(program).toBeGreaterThan(1)
    }, 30_000)
    expect((await run('list')).stdout).toMatch(/ tiny +running /)
    engine.kill('SIGKILL')
    await once(engine, 'exit')
    const listed = await run('list')
    expect(listed.stdout).toMatch(/ tiny +interrupted /)
    expect(listed.stderr).toBe('interrupted: its engine is gone; go on with skyloom run resume RUN\n')
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([
      { state: 'running', engine: null },
    ])
    expect((await run('status')).stdout).toMatch(
      / Interrupted +tiny\nSummary: .*\ninterrupted: its engine is gone; go on with skyloom run resume [\w-]+\n$/,
    )
    process.kill(program)
    expect((await run('resume', '--quiet')).code).toBe(0)
    expect((await run('list')).stdout).toMatch(/ tiny +succeeded /)
  })

  test('verifies what a run made, and removes it', async () => {
    const { folder, runDir, registry } = await plannedFolder(WORKFLOW.replace('SAY', 'true'))
    const run = async (...args: readonly string[]): Promise<Answer> =>
      await skyloomProcess(folder, 'run', ...args, '--registry', registry)
    expect((await run('start', runDir, '--quiet')).code).toBe(0)
    expect(await run('verify')).toMatchObject({ code: 0, stderr: '' })
    writeFileSync(join(folder, 'out/b.txt'), 'ORION NOT\n')
    const damaged = await run('verify', '--json')
    expect(damaged.code).toBe(1)
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      damaged: [{ pfn: `file://${join(folder, 'out/b.txt')}`, fault: 'size' }],
    })
    expect((await run('remove', 'tiny')).code).toBe(0)
    expect((await run('status', 'tiny')).code).toBe(1)
  })

  test('plans and runs a sub-workflow when its turn comes', async () => {
    const { folder, runDir, registry } = await plannedFolder(OUTER, { 'inner.yml': INNER })
    const answer = await skyloomProcess(folder, 'run', 'start', runDir, '--quiet', '--registry', registry)
    expect(answer).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(folder, 'out/c.txt'), 'utf8')).toBe('ORION\nORION\n')
    const runs = await skyloomProcess(folder, 'run', 'list', '--json', '--registry', registry)
    expect(JSON.parse(runs.stdout)).toMatchObject([
      { label: 'inner', state: 'succeeded' },
      { label: 'outer', state: 'succeeded' },
    ])
  })

  test('runs a sub-workflow with the functions of its parent', async () => {
    const functions = `import { readFileSync, writeFileSync } from 'node:fs'
export function tool({ workDirectory, inputs, outputs }) {
  const texts = inputs.map((name) => readFileSync(\`\${workDirectory}/\${name}\`, 'utf8').trim())
  for (const name of outputs) writeFileSync(\`\${workDirectory}/\${name}\`, \`\${name}(\${texts})\`)
}
`
    const { folder, runDir, registry } = await plannedFolder(OUTER, {
      'inner.yml': INNER,
      'functions.mjs': functions,
    })
    // Named as from the folder of the call; the inner engine works in another one.
    const words = ['--quiet', '--registry', registry, '--functions', 'functions.mjs']
    expect(await skyloomProcess(folder, 'run', 'start', runDir, ...words)).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(join(folder, 'out/c.txt'), 'utf8')).toBe('c.txt(b.txt(a.txt(orion)))')
  })

  test.skipIf(skipShared)('takes runs of Pegasus in', async () => {
    const folder = await folderWith({})
    const registry = join(folder, 'registry.db')
    const source = sharedPath('corpus/pegasus/runs/process_wf_failure')
    expect((await skyloomIn(folder, 'run', 'import', source, '--registry', registry)).code).toBe(0)
    const answer = await skyloomIn(folder, 'run', 'analyze', 'process', '--registry', registry)
    expect(answer.code).toBe(1)
    expect(answer.stdout).toMatch(/^cause: ls_ID0000001: exit code 2: \/bin\/ls: invalid option/)
  })
})
