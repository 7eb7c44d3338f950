import { describe, expect, test } from 'vitest'
import { sharedPath, sharedText, skipShared } from '../../../testing/shared-data.ts'
import {
  analysisDocument,
  analyzeRun,
  importPegasusRun,
  MemoryStore,
  type RunRecord,
  readRunRecord,
  runStatistics,
  runStatus,
  type StatisticsPart,
  statisticsText,
  statusDocument,
} from '../src/index.ts'

const RUNS = 'corpus/pegasus/runs'
const WITH_STATISTICS = ['process_wf_success', 'process_wf_failure', 'sample_wf_held'] as const
const ALL = [...WITH_STATISTICS, 'text-analysis-run1'] as const

async function imported(name: string): Promise<{ store: MemoryStore; runId: string; record: RunRecord }> {
  const store = new MemoryStore()
  const runId = await importPegasusRun(store, sharedPath(RUNS, name))
  return { store, runId, record: await readRunRecord(store, runId) }
}

/** Lines of a table of the reference as words, without headings, rules and comments; the part for all workflows is left out. */
function words(text: string): string[][] {
  const lines = text.split('\n').map((line) => line.trim())
  const data = lines.filter(
    (line) => line !== '' && !/^[#-]|^(?:Type|Job|Transformation|Date)\b|\( ?\w+\) +\d+$/.test(line),
  )
  return data.map((line) => line.split(/\s+/))
}

function expected(run: string, file: string): string {
  const text = sharedText(RUNS, run, '_expected', file)
  const [first = ''] = text.split(/^# All.*$|^All Workflows.*$/m)
  return first.replaceAll(/^ {16}.*$/gm, '')
}

describe.skipIf(skipShared)('figures equal those of Pegasus', () => {
  const parts: readonly (readonly [StatisticsPart, string])[] = [
    ['summary', 'summary.txt'],
    ['jobs', 'jobs.txt'],
    ['breakdown', 'breakdown.txt'],
    ['integrity', 'integrity.txt'],
    ['workflow', 'workflow.txt'],
  ]
  const cases = WITH_STATISTICS.flatMap((run) => parts.map(([part, file]) => ({ run, part, file })))

  test.for(cases)('statistics of $run: $part', async ({ run, part, file }) => {
    const { record } = await imported(run)
    const text = statisticsText(runStatistics(record), part)
    const reference = words(expected(run, `statistics/${file}`))
    // The held run computed no checksums; every other part has lines.
    expect(reference.length).toBeGreaterThan(part === 'integrity' ? -1 : 2)
    expect(words(text)).toEqual(reference)
  })

  test.for(WITH_STATISTICS)('statistics of %s by day and host', async (run) => {
    const { record } = await imported(run)
    const ours = words(statisticsText(runStatistics(record), 'time'))
    expect(ours).toEqual(words(sharedText(RUNS, run, '_expected/statistics/time.txt')))
  })

  test.for(ALL)('status of %s', async (run) => {
    const { store, runId } = await imported(run)
    const { totals } = JSON.parse(sharedText(RUNS, run, '_expected/status.json')) as { totals: object }
    const state = /Success|Failure/.exec(sharedText(RUNS, run, '_expected/status.json'))?.[0]
    expect(statusDocument(await runStatus(store, runId))).toMatchObject({ totals, dags: { root: { state } } })
  })

  test.for(WITH_STATISTICS)('analysis of %s', async (run) => {
    const { record } = await imported(run)
    const text = sharedText(RUNS, run, '_expected/analyzer.json')
    const reference = JSON.parse(text.slice(text.indexOf('\n{'), text.lastIndexOf('\n}') + 2)) as {
      workflows: {
        root: { wf_status: string; jobs: { job_details: Record<string, Record<string, object>> } }
      }
    }
    const { wf_status, jobs } = reference.workflows.root
    const { job_details, ...counts } = jobs
    const facts: Record<string, Record<string, unknown>> = {}
    for (const [group, details] of Object.entries(job_details)) {
      for (const [job, detail] of Object.entries(details)) {
        const { state, site, stdout_file, stderr_file, tasks } = detail as Record<string, unknown>
        facts[group] = group.startsWith('held')
          ? {
              [job]: {
                reason: expect.stringContaining((detail as { reason: string }).reason.trim()) as unknown,
              },
            }
          : { [job]: { state, site, stdout_file, stderr_file, tasks: withoutArguments(tasks) } }
      }
    }
    expect(analysisDocument(analyzeRun(record))).toMatchObject({
      workflows: { root: { wf_status, jobs: { ...counts, job_details: facts } } },
    })
  })
})

/** The reference prints no arguments for jobs that run under PegasusLite; the record has them. */
function withoutArguments(tasks: unknown): unknown {
  const without = (task: object): object =>
    Object.fromEntries(Object.entries(task).filter(([key]) => key !== 'arguments'))
  return Object.fromEntries(
    Object.entries(tasks as Record<string, object>).map(([id, task]) => [id, without(task)]),
  )
}

test('the cause is the first thing that an analysis says', async () => {
  const { record } = await imported('process_wf_failure')
  const { analysisText } = await import('../src/index.ts')
  expect(analysisText(analyzeRun(record))).toMatch(/^cause: ls_ID0000001: exit code 2: /)
})
