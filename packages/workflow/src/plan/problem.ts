import { shorten } from '@skyloom/base'
import { nearMiss } from '../problem/near-miss.ts'
import type { Problem, ProblemCode } from '../problem/problem.ts'

/** What can be wrong with a request to plan: with the workflow itself, the catalogs, or how they fit together. */
export type PlanProblemCode =
  | ProblemCode
  | 'BAD_OPTION'
  | 'BAD_PROPERTY'
  | 'BAD_PROFILE'
  | 'DUPLICATE_SITE'
  | 'UNKNOWN_SITE'
  | 'NO_SCRATCH'
  | 'NO_STORAGE'
  | 'BAD_URL'
  | 'DUPLICATE_TRANSFORMATION'
  | 'NO_TRANSFORMATION'
  | 'NO_USABLE_SITE'
  | 'UNKNOWN_REQUIREMENT'
  | 'UNKNOWN_CONTAINER'
  | 'CONTAINER_NOT_SUPPORTED'
  | 'NO_REPLICA'
  | 'NOTHING_WANTED'
  | 'BAD_CLUSTERING'
  | 'NO_RUNTIME'
  | 'OUT_OF_SPACE'
  | 'RESULTS_IN_SCRATCH'

/** One thing that is wrong with a request to plan, or suspicious about it. */
export interface PlanProblem {
  readonly code: PlanProblemCode
  /** `error`: there is no plan; `warning`: there is one, but it may not be what was meant. */
  readonly severity: 'error' | 'warning'
  /** One sentence without place and values. */
  readonly message: string
  /** What it is about: `job ID0000001`, `site condorpool`, `property pegasus.selector.site`. */
  readonly where?: string | undefined
  readonly found?: string | undefined
  readonly allowed?: string | undefined
  /** The next step, or a near miss: `did you mean condorio`. */
  readonly remedy?: string | undefined
}

/** One line for people: `job ID0000001: no replica of an input file: found f.a; add it to a replica catalog [NO_REPLICA]`. */
export function formatPlanProblem(problem: PlanProblem): string {
  const { code, message, where, found, allowed, remedy } = problem
  const facts = [
    found === undefined ? '' : `found ${shorten(found, 300)}`,
    allowed === undefined ? '' : `allowed ${shorten(allowed, 300)}`,
  ].filter((text) => text !== '')
  const tail = facts.length > 0 ? `: ${facts.join(', ')}` : ''
  return `${where === undefined ? '' : `${where}: `}${message}${tail}${remedy === undefined ? '' : `; ${remedy}`} [${code}]`
}

/** Facts of a problem that are optional. */
export interface PlanProblemFacts {
  readonly where?: string | undefined
  readonly found?: string | undefined
  readonly allowed?: string | undefined
  readonly remedy?: string | undefined
}

/** Most problems of one code that are kept; one more says how many were left out. */
const MAX_PROBLEMS_OF_A_CODE = 100

/** Collects the problems of one plan. */
export class PlanProblems {
  readonly #problems: PlanProblem[] = []
  readonly #counts = new Map<PlanProblemCode, number>()
  #errorCount = 0

  get errorCount(): number {
    return this.#errorCount
  }

  error(code: PlanProblemCode, message: string, facts: PlanProblemFacts = {}): void {
    this.#errorCount++
    this.#add({ code, severity: 'error', message, ...facts })
  }

  warning(code: PlanProblemCode, message: string, facts: PlanProblemFacts = {}): void {
    this.#add({ code, severity: 'warning', message, ...facts })
  }

  /** Takes over a problem of the workflow document. */
  take(problem: Problem): void {
    const { code, severity, message, path, found, allowed, suggestion } = problem
    if (severity === 'error') this.#errorCount++
    this.#add({ code, severity, message, where: path, found, allowed, remedy: suggestion })
  }

  /** An error about a word that is not in a list, with a near miss when there is one. */
  unknownWord(
    code: PlanProblemCode,
    message: string,
    found: string,
    known: readonly string[],
    facts: PlanProblemFacts = {},
  ): void {
    const near = nearMiss(found, known)
    this.error(code, message, {
      found,
      allowed: known.join(', '),
      ...(near === undefined ? {} : { remedy: `did you mean ${near}` }),
      ...facts,
    })
  }

  /** All problems, errors first, in the order in which they were found. */
  list(): readonly PlanProblem[] {
    const all = [...this.#problems]
    for (const [code, count] of this.#counts) {
      if (count <= MAX_PROBLEMS_OF_A_CODE) continue
      const first = this.#problems.find((problem) => problem.code === code)
      all.push({
        code,
        severity: first?.severity ?? 'error',
        message: `${count - MAX_PROBLEMS_OF_A_CODE} more problems of this kind are not listed`,
      })
    }
    return all.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
  }

  #add(problem: PlanProblem): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1
    this.#counts.set(problem.code, count)
    if (count <= MAX_PROBLEMS_OF_A_CODE) this.#problems.push(problem)
  }
}
