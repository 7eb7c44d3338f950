import { writeFileAtomic } from '@skyloom/base/node'
import {
  analyzeFamily,
  explainRunJob,
  explanationText,
  familyDocument,
  familyText,
  findJob,
  hasFindings,
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
    const analysis = await analyzeFamily(registry.runs, run)
    if (flags.json === true) printJson(familyDocument(analysis))
    else process.stdout.write(familyText(analysis))
    return hasFindings(analysis) ? EXIT.failed : EXIT.done
  })
}

/** `skyloom run explain` */
export async function explain(job: string, name: string | undefined, flags: RunFlags): Promise<number> {
  return await withRun(name, flags, async (registry, outer) => {
    const found = await findJob(registry.runs, outer, job)
    const explanation = await explainRunJob(registry.runs, found.run.id, found.job)
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
