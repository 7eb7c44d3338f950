import { attemptsThat } from './check-run.ts'
import { type EngineSettings, runEngine } from './run-engine-process.ts'

/** Runs engines until one ends the run, and kills the first 1 to 5 after random times. @returns kills that met an engine at work */
export async function killedRun(
  settings: EngineSettings,
  random: () => number,
  undisturbedMs: number,
): Promise<number> {
  const wanted = 1 + Math.floor(5 * random())
  for (let kills = 0; ; kills++) {
    // Each engine gets on average the part of the whole time that lets all kills fall into the run.
    const delayMs = kills < wanted ? 2 * random() * (undisturbedMs / (wanted + 1)) : Infinity
    const end = await runEngine(settings, delayMs)
    if (end.type === 'killed') continue
    if (end.type === 'error') throw new Error(`${end.code}: ${end.message}`)
    if (end.result.status !== 'succeeded') {
      const why = await attemptsThat(settings.registry, 'failed', 'lost')
      throw new Error(`the run ${end.result.status}; attempts that did not succeed:\n${why.join('\n')}`)
    }
    return kills
  }
}
