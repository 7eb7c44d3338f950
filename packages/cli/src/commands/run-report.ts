import { writeFileAtomic } from '@skyloom/base/node'
import {
  analysisDocument,
  analysisText,
  analyzeRun,
  explainRunJob,
  explanationText,
  findJob,
  readRunRecord,
  runStatistics,
  runTimeline,
  STATISTICS_PARTS,
  type StatisticsPart,
  statisticsText,
} from '@skyloom/runner'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { type RunFlags, withRun } from './run-look.ts'

/** Flags of `run statistics`. */
export interface StatisticsFlags extends RunFlags {
  readonly part: StatisticsPart | 'all'
  readonly by: 'day' | 'hour'
}

/** `skyloom run statistics` */
export async function showStatistics(name: string | undefined, flags: StatisticsFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const statistics = runStatistics(await readRunRecord(registry.runs, run.id), flags.by)
    if (flags.json === true) printJson(statistics)
    else {
      const parts = flags.part === 'all' ? STATISTICS_PARTS : [flags.part]
      for (const part of parts) {
        if (parts.length > 1) process.stdout.write(`# ${part}\n`)
        process.stdout.write(`${statisticsText(statistics, part)}${parts.length > 1 ? '\n' : ''}`)
      }
    }
    return EXIT.done
  })
}

/** `skyloom run analyze` */
export async function analyze(name: string | undefined, flags: RunFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const analysis = analyzeRun(await readRunRecord(registry.runs, run.id))
    if (flags.json === true) printJson(analysisDocument(analysis))
    else process.stdout.write(analysisText(analysis))
    return analysis.failed > 0 || analysis.held > 0 ? EXIT.failed : EXIT.done
  })
}

/** `skyloom run explain` */
export async function explain(job: string, name: string | undefined, flags: RunFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const explanation = await explainRunJob(registry.runs, run.id, await findJob(registry.runs, run, job))
    if (flags.json === true) printJson(explanation)
    else process.stdout.write(explanationText(explanation))
    return EXIT.done
  })
}

/** Flags of `run timeline`. */
export interface TimelineFlags extends RunFlags {
  readonly out: string
  readonly overwrite?: boolean
}

/** `skyloom run timeline` */
export async function writeTimeline(name: string | undefined, flags: TimelineFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const page = runTimeline(await readRunRecord(registry.runs, run.id))
    await writeFileAtomic(flags.out, page, { overwrite: flags.overwrite === true })
    if (flags.json === true) printJson({ run: run.id, file: flags.out })
    else process.stdout.write(`written to ${flags.out}\n`)
    return EXIT.done
  })
}
