import { statSync } from 'node:fs'
import { readFrom } from '../files/read-end.ts'
import type { ElementEnd } from './batch-system.ts'
import { schedulerProgram } from './scheduler-program.ts'
import { slurmEnd } from './slurm-states.ts'

/** Ends of elements, by id of the array and number of the element. */
export type ElementEnds = ReadonlyMap<string, ReadonlyMap<number, ElementEnd>>

/** So much of the end of the text file of completed jobs is looked at. */
const COMPLETIONS_BYTES = 16 * 1024 * 1024

/**
 * How elements ended that left the queue: by `sacct`, and where it does not answer or does not know them by the text file of
 * completed jobs, if the cluster keeps one that can be read here.
 */
export class SlurmAccounting {
  #isOff = false
  #completions: string | null | undefined

  /** What the database of the accounting has; `undefined` when it does not answer. */
  async ended(ids: readonly string[]): Promise<ElementEnds | undefined> {
    if (this.#isOff) return undefined
    const words = ['--noheader', '--parsable2', '--allocations', `--jobs=${ids.join(',')}`]
    const answer = await schedulerProgram('sacct', [...words, '--format=jobid,state,exitcode,nodelist'])
    if (answer.code !== 0) {
      // A database that is away comes back; one that was never there does not.
      this.#isOff = answer.isMissing || /accounting storage is disabled|not enabled/i.test(answer.stderr)
      return undefined
    }
    const ends = new Map<string, Map<number, ElementEnd>>()
    for (const line of answer.stdout.split('\n')) {
      const [name = '', state = '', code = '', host = ''] = line.split('|')
      const [, id = '', element] = /^(\d+)_(\d+)$/.exec(name) ?? []
      const end = slurmEnd(state, code, host)
      if (element !== undefined && end !== undefined) addEnd(ends, id, Number(element), end)
    }
    return ends
  }

  /** What the text file of completed jobs has (`JobCompType=jobcomp/filetxt`). */
  async completed(): Promise<ElementEnds> {
    this.#completions ??= await completionsFile()
    return this.#completions === null ? new Map() : readCompletions(lastBytes(this.#completions))
  }
}

/** The lines of the text file of completed jobs. */
export function readCompletions(text: string): ElementEnds {
  const ends = new Map<string, Map<number, ElementEnd>>()
  for (const line of text.split('\n')) {
    const field = (key: string): string => new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1] ?? ''
    const id = field('ArrayJobId')
    const element = field('ArrayTaskId')
    const end = slurmEnd(field('JobState'), field('ExitCode'), field('NodeList'))
    if (id !== '' && /^\d+$/.test(element) && end !== undefined) addEnd(ends, id, Number(element), end)
  }
  return ends
}

function addEnd(
  ends: Map<string, Map<number, ElementEnd>>,
  id: string,
  element: number,
  end: ElementEnd,
): void {
  const known = ends.get(id) ?? new Map<number, ElementEnd>()
  known.set(element, end)
  ends.set(id, known)
}

/** Path of that file; `null` when the cluster keeps none. */
async function completionsFile(): Promise<string | null> {
  const { stdout } = await schedulerProgram('scontrol', ['show', 'config'])
  const setting = (key: string): string =>
    new RegExp(`^${key}\\s*= (.*)$`, 'm').exec(stdout)?.[1]?.trim() ?? ''
  return setting('JobCompType') === 'jobcomp/filetxt' ? setting('JobCompLoc') : null
}

/** The end of a text file; nothing where it is not or cannot be read. */
function lastBytes(path: string): string {
  try {
    const start = Math.max(0, statSync(path).size - COMPLETIONS_BYTES)
    return readFrom(path, start, COMPLETIONS_BYTES)?.toString('utf8') ?? ''
  } catch {
    // It is the affair of the cluster who may read it; without it an end stays unknown, which is said.
    return ''
  }
}
