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
  statusText,
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

const documents = [
  ...ALL.map((run) => ({ run, what: 'status' as const })),
  ...WITH_STATISTICS.map((run) => ({ run, what: 'analyzer' as const })),
]

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

  test.for(documents)('$what of $run: every figure', async ({ run, what }) => {
    const { store, runId, record } = await imported(run)
    const ours = new Map(
      claims(
        what === 'status'
          ? statusDocument(await runStatus(store, runId))
          : analysisDocument(analyzeRun(record)),
      ),
    )
    const reference = claims(referenceDocument(run, what))
    expect(reference.length).toBeGreaterThan(15)
    for (const [path, expected] of reference) {
      const rule = OTHERWISE.find(({ claim }) => claim.test(path))
      if (rule === undefined) expect([path, ours.get(path)]).toEqual([path, expected])
      else {
        const place = path.replace(/[^/]*$/, '')
        const said = `${String(ours.get(`${place}stdout_text`))}\n${String(ours.get(`${place}stderr_text`))}`
        expect(
          rule.holds({ expected: String(expected), ours: ours.get(path), said }),
          `${path}: ${rule.why}`,
        ).toBe(true)
      }
    }
  })

  test.for(ALL)('status of %s for people: the numbers of the reference under its headings', async (run) => {
    const { store, runId } = await imported(run)
    const columnsOf = (text: string): ReadonlyMap<string, string> => {
      const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
      const at = lines.findIndex(([first]) => first === 'UNREADY')
      const values = lines[at + 1] ?? []
      return new Map((lines[at] ?? []).map((name, column) => [name, values[column] ?? '']))
    }
    const ours = columnsOf(statusText(await runStatus(store, runId)))
    const reference = columnsOf(sharedText(RUNS, run, '_expected/status.stdout'))
    expect(reference.size).toBe(10)
    for (const [name, value] of reference)
      expect([name, ours.get(name === 'DAGNAME' ? 'RUN' : name)]).toEqual([name, value])
    expect(statusText(await runStatus(store, runId))).toContain(
      `Summary: 1 run total (${reference.get('STATE') ?? ''}:1)`,
    )
  })
})

/** A claim that we do not repeat word by word: how it must hold, and why. */
interface Otherwise {
  readonly claim: RegExp
  readonly why: string
  holds(answer: { readonly expected: string; readonly ours: unknown; readonly said: string }): boolean
}

const OTHERWISE: readonly Otherwise[] = [
  {
    claim: /^submit_directory$/,
    why: 'the reference repeats the word by which it was called; we name the directory',
    holds: ({ expected, ours }) => expected === '.' && typeof ours === 'string' && ours.startsWith('/'),
  },
  {
    claim: /\/reason$/,
    why: 'without the blank before it',
    holds: ({ expected, ours }) => ours === expected.trim(),
  },
  {
    claim: /\/arguments$/,
    why: 'the reference prints none for jobs under PegasusLite; the record has them',
    holds: ({ expected, ours }) => ours === expected || expected === '-',
  },
  {
    claim: /\/std(?:out|err)_text$/,
    why: 'the reference puts both streams of a task into one text with marks; we keep them apart and lose no line',
    holds: ({ expected, said }) => {
      const lines = new Set(said.split('\n').map((line) => line.trim()))
      return expected.split('\n').every((line) => line.startsWith('#@ ') || lines.has(line.trim()))
    },
  },
]

/** Every value of a document with its path. */
function claims(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, part]) => claims(part, path === '' ? key : `${path}/${key}`))
}

/** The document that a tool of Pegasus printed among its messages. */
function referenceDocument(run: string, what: 'status' | 'analyzer'): unknown {
  const text = `\n${sharedText(RUNS, run, `_expected/${what}.json`)}`
  return JSON.parse(text.slice(text.indexOf('\n{'), text.lastIndexOf('\n}') + 2))
}

test('the cause is the first thing that an analysis says', async () => {
  const { record } = await imported('process_wf_failure')
  const { analysisText } = await import('../src/index.ts')
  expect(analysisText(analyzeRun(record))).toMatch(/^cause: ls_ID0000001: exit code 2: /)
})
