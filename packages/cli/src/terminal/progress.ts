import type { ProgressEvent, ProgressListener } from '@skyloom/base'
import { formatBytes, formatDuration } from './format.ts'

/** What a progress display needs of its output: `process.stderr` and tests' stand-ins have it. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** A display of progress; `end` clears a live line before results are printed. */
export interface ProgressDisplay {
  readonly listener: ProgressListener
  end(): void
}

/** The live line is redrawn at most so often. */
const REDRAW_MS = 80
const BAR_WIDTH = 24

/** One live line on a terminal, plain lines (start and end of each stage) elsewhere. */
export function progressDisplay(output: ProgressOutput, nowMs: () => number = Date.now): ProgressDisplay {
  return output.isTTY === true ? liveLine(output, nowMs) : plainLines(output)
}

function liveLine(output: ProgressOutput, nowMs: () => number): ProgressDisplay {
  let lastMs = -Infinity
  return {
    listener(event) {
      if (event.done < event.total && nowMs() - lastMs < REDRAW_MS) return
      lastMs = nowMs()
      output.write(`\r\u001b[2K${liveText(event).slice(0, (output.columns ?? 80) - 1)}`)
    },
    end: () => void output.write('\r\u001b[2K'),
  }
}

function liveText(event: ProgressEvent): string {
  const { stage, done, total, unit, leftMs } = event
  const filled = total > 0 ? Math.round((BAR_WIDTH * Math.min(done, total)) / total) : 0
  const bar = '━'.repeat(filled) + '·'.repeat(BAR_WIDTH - filled)
  const left = leftMs === undefined || done >= total ? '' : `, ${formatDuration(leftMs)} left`
  return `${stage.padEnd(12)} ${bar} ${done}/${total} ${unit}${left}`
}

function plainLines(output: ProgressOutput): ProgressDisplay {
  return {
    listener(event) {
      if (event.done > 0 && event.done < event.total) return
      const isEnd = event.total > 0 && event.done >= event.total
      const bytes = event.bytes === undefined ? '' : `, ${formatBytes(event.bytes)}`
      const text = isEnd
        ? `${event.stage}: ${event.done} ${event.unit} done in ${formatDuration(event.elapsedMs)}${bytes}`
        : `${event.stage}: ${event.total} ${event.unit}`
      if (isEnd || event.total > 0) output.write(`${text}\n`)
    },
    end: () => undefined,
  }
}

/** One JSON document a line, for programs that follow a run. */
export function jsonLines(output: ProgressOutput): ProgressDisplay {
  return {
    listener: (event) => void output.write(`${JSON.stringify({ type: 'progress', ...event })}\n`),
    end: () => undefined,
  }
}
