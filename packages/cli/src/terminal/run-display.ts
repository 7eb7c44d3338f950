import type { RunEvent, RunProgress } from '@skyloom/runner'
import { formatDuration } from './format.ts'
import type { ProgressOutput } from './progress.ts'

/** A live display of a run. */
export interface RunDisplay {
  readonly listener: (events: readonly RunEvent[], progress: RunProgress) => void
  /** Prints a line that stays. */
  readonly note: (text: string) => void
  /** Clears what is live. */
  end(): void
}

/** Counts of one transformation. */
interface Line {
  readonly total: number
  done: number
  running: number
  failed: number
}

const REDRAW_MS = 100
/** Without a terminal: one line so often. */
const LINE_MS = 10_000
const MAX_LINES = 12
const BAR_WIDTH = 20

/** Counts per transformation, rate, time left and failures; on a terminal in place, elsewhere as lines. */
export function runDisplay(
  output: ProgressOutput,
  options: { readonly isQuiet: boolean; readonly nowMs?: () => number },
): RunDisplay {
  if (options.isQuiet) {
    const nothing = (): void => undefined
    return { listener: nothing, note: nothing, end: nothing }
  }
  const nowMs = options.nowMs ?? Date.now
  const isLive = output.isTTY === true
  let table: ProgressTable | undefined
  let drawnMs = nowMs()
  let drawnLines = 0
  const clear = (): void => {
    if (drawnLines > 0) output.write(`\u001b[${drawnLines}A\u001b[J`)
    drawnLines = 0
  }
  return {
    listener(events, progress) {
      table ??= new ProgressTable(progress, nowMs())
      for (const event of events) {
        const failure = table.take(event, progress)
        if (failure === undefined) continue
        clear()
        output.write(`${failure}\n`)
      }
      if (nowMs() - drawnMs < (isLive ? REDRAW_MS : LINE_MS)) return
      drawnMs = nowMs()
      clear()
      const lines = isLive ? table.lines(nowMs(), output.columns ?? 80) : [table.summary(nowMs())]
      output.write(lines.map((line) => `${line}\n`).join(''))
      if (isLive) drawnLines = lines.length
    },
    note(text) {
      clear()
      output.write(`${text}\n`)
    },
    end: clear,
  }
}

class ProgressTable {
  readonly #lines = new Map<string, Line>()
  readonly #startMs: number
  readonly #total: number
  readonly #doneBefore: number
  #done: number
  #failed: number

  constructor({ plan, count }: RunProgress, nowMs: number) {
    this.#startMs = nowMs
    this.#total = plan.jobCount
    for (let job = 0; job < plan.jobCount; job++) {
      const name = plan.transformation(job)
      const line = this.#lines.get(name)
      this.#lines.set(name, { total: (line?.total ?? 0) + 1, done: 0, running: 0, failed: 0 })
    }
    this.#done = count('succeeded')
    this.#doneBefore = this.#done
    this.#failed = count('failed')
  }

  /** @returns a line about a job that failed for good */
  take(event: RunEvent, { plan, count }: RunProgress): string | undefined {
    this.#done = count('succeeded')
    this.#failed = count('failed')
    if (event.type !== 'attempt-started' && event.type !== 'attempt-ended') return undefined
    const line = this.#lines.get(plan.transformation(event.job))
    if (line === undefined) return undefined
    if (event.type === 'attempt-started') {
      line.running++
      return undefined
    }
    // Attempts of an engine before this one were not seen to start.
    line.running = Math.max(0, line.running - 1)
    if (event.next === 'done') line.done++
    if (event.next !== 'failed' && event.next !== 'held') return undefined
    line.failed++
    return `${event.next}: ${plan.name(event.job)}: ${event.failure?.message ?? ''}`
  }

  summary(nowMs: number): string {
    const seconds = Math.max(0.001, (nowMs - this.#startMs) / 1000)
    const rate = (this.#done - this.#doneBefore) / seconds
    const left = rate > 0 ? `, ${formatDuration(((this.#total - this.#done) / rate) * 1000)} left` : ''
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : ''
    return `${this.#done} of ${this.#total} jobs done${failed}, ${rate.toPrecision(3)} jobs/s${left}`
  }

  lines(nowMs: number, columns: number): readonly string[] {
    const shown = [...this.#lines]
      .sort(([, a], [, b]) => b.running - a.running || b.total - b.done - (a.total - a.done))
      .slice(0, MAX_LINES)
    const width = Math.min(32, Math.max(...shown.map(([name]) => name.length)))
    const rows = shown.map(([name, { total, done, running, failed }]) => {
      const filled = Math.round((BAR_WIDTH * done) / total)
      const bar = '━'.repeat(filled) + '·'.repeat(BAR_WIDTH - filled)
      const state = `${running > 0 ? `  ${running} running` : ''}${failed > 0 ? `  ${failed} failed` : ''}`
      return `${name.slice(0, width).padEnd(width)} ${bar} ${done}/${total}${state}`
    })
    return [...rows, this.summary(nowMs)].map((line) => line.slice(0, columns - 1))
  }
}
