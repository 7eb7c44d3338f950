import { type JobStateLine, readJobStates } from '../pegasus/static-events.ts'

/** A try of a node that came to no job in the queue. */
export interface JoblessTry {
  readonly node: string
  readonly timeMs: number
  /** `pre`: its PRE script failed; `submit`: HTCondor did not take its job. */
  readonly cause: 'pre' | 'submit'
}

/** So many refusals of one job are a failure of its node (DAGMAN_MAX_SUBMIT_ATTEMPTS of HTCondor). */
const SUBMIT_TRIES = 6

/** A step of a node, in the order of the log. */
type Step =
  | { readonly type: 'submitted'; readonly externalId: string }
  | { readonly type: 'failed'; readonly failure: JoblessTry }

/**
 * What only DAGMan itself knows of its nodes, from the log that `JOBSTATE_LOG` asks it for: PRE scripts that failed and jobs that
 * HTCondor refused. Neither leaves a line in the job event log. A pure fold, as {@link DagNodes}.
 */
export class NodeScripts {
  readonly #steps = new Map<string, Step[]>()
  /** Refusals of the job that a node offers now. */
  readonly #refusals = new Map<
    string,
    { readonly submission: number; readonly timeMs: number; count: number }
  >()

  /** Takes what was added to the log. */
  add(text: string): void {
    for (const line of readJobStates(text)) this.#take(line)
  }

  /** Failures of a node before it submitted this job, which are not given again. */
  before(node: string, externalId: string): readonly JoblessTry[] {
    const steps = this.#steps.get(node) ?? []
    const at = steps.findIndex((step) => step.type === 'submitted' && step.externalId === externalId)
    // A submission that the log does not have yet comes after all that it has.
    return this.#given(node, at < 0 ? steps.length : at + 1)
  }

  /** All failures that were not given yet. */
  rest(): readonly JoblessTry[] {
    return [...this.#steps.keys()].flatMap((node) => this.#given(node, Infinity))
  }

  #given(node: string, most: number): readonly JoblessTry[] {
    const steps = this.#steps.get(node)
    const taken = steps?.splice(0, most) ?? []
    if (steps?.length === 0) this.#steps.delete(node)
    return taken.flatMap((step) => (step.type === 'failed' ? [step.failure] : []))
  }

  #take({ job: node, state, detail, timeMs, submission }: JobStateLine): void {
    if (node === 'INTERNAL') {
      // DAGMan counts anew when it was begun again, and gives up what was refused when it ends.
      if (state === 'DAGMAN_STARTED') this.#refusals.clear()
      if (state === 'DAGMAN_FINISHED') for (const name of [...this.#refusals.keys()]) this.#refused(name)
      return
    }
    const open = this.#refusals.get(node)
    if (open !== undefined && open.submission !== submission) this.#refused(node)
    switch (state) {
      case 'PRE_SCRIPT_FAILURE':
        this.#add(node, { type: 'failed', failure: { node, timeMs, cause: 'pre' } })
        return
      case 'SUBMIT':
        this.#refusals.delete(node)
        this.#add(node, { type: 'submitted', externalId: detail })
        return
      case 'SUBMIT_FAILURE': {
        const refusal = this.#refusals.get(node) ?? { submission, timeMs, count: 0 }
        refusal.count++
        this.#refusals.set(node, refusal)
        if (refusal.count === SUBMIT_TRIES) this.#refused(node)
        return
      }
      default:
    }
  }

  #refused(node: string): void {
    const refusal = this.#refusals.get(node)
    if (refusal === undefined) return
    this.#refusals.delete(node)
    this.#add(node, { type: 'failed', failure: { node, timeMs: refusal.timeMs, cause: 'submit' } })
  }

  #add(node: string, step: Step): void {
    const steps = this.#steps.get(node)
    if (steps === undefined) this.#steps.set(node, [step])
    else steps.push(step)
  }
}
