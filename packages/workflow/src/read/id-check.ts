import type { Job } from '../model/job.ts'
import type { Dependency } from '../model/workflow.ts'
import type { ProblemCollector } from '../problem/collector.ts'
import { Marks } from '../schema/marks.ts'
import { valueOf, type YamlNode } from '../yaml/node.ts'

/** Most ids among which a near miss is searched. */
const MAX_CANDIDATES = 2000

/** Checks the ids of the jobs and of the dependencies of one workflow, while its lists are streamed. */
export class IdCheck {
  readonly #first = new Map<string, number>()
  readonly #doubled: { readonly id: string; readonly index: number; readonly offset: number }[] = []
  readonly #dependencies: { readonly value: Dependency; readonly index: number }[] = []
  readonly #idMarks = new Marks()
  readonly #childMarks = new Marks()
  #jobCount = 0

  job(job: Job, node: YamlNode, index: number): void {
    this.#jobCount++
    if (this.#first.has(job.id)) this.#doubled.push({ id: job.id, index, offset: offsetOf(node, 'id') })
    else this.#first.set(job.id, index)
  }

  dependency(value: Dependency, node: YamlNode, index: number): void {
    this.#dependencies.push({ value, index })
    this.#idMarks.push(offsetOf(node, 'id'))
    const children = node.kind === 'mapping' ? valueOf(node, 'children') : undefined
    value.children.forEach((_, k) => {
      const child = children?.kind === 'list' ? children.items[k] : undefined
      this.#childMarks.push((child ?? children ?? node).offset)
    })
  }

  /** Reports doubled ids and dependencies on jobs that do not exist, after both lists were read. */
  report(jobs: YamlNode | undefined, problems: ProblemCollector): void {
    for (const { id, index, offset } of this.#doubled) {
      problems.add('DUPLICATE', `the job id is taken by jobs[${this.#first.get(id) ?? 0}]`, {
        path: `jobs[${index}].id`,
        offset,
        found: id,
        allowed: 'an id of its own for every job',
      })
    }
    // A job that could not be read may be the one that is named; its own error comes first.
    if (jobs === undefined || itemCountOf(jobs) !== this.#jobCount) return
    let child = 0
    this.#dependencies.forEach(({ value, index }, i) => {
      if (!this.#first.has(value.id)) {
        this.#unknown(value.id, `jobDependencies[${index}].id`, this.#idMarks.at(i), problems)
      }
      value.children.forEach((id, k) => {
        const offset = this.#childMarks.at(child++)
        if (!this.#first.has(id))
          this.#unknown(id, `jobDependencies[${index}].children[${k}]`, offset, problems)
      })
    })
  }

  #unknown(id: string, path: string, offset: number | undefined, problems: ProblemCollector): void {
    const facts = { path, offset, found: id, allowed: 'the id of a job' }
    const known = this.#first.size <= MAX_CANDIDATES ? this.#first.keys() : []
    problems.addUnknown('UNKNOWN_REFERENCE', 'the dependency names a job that does not exist', facts, known)
  }
}

function offsetOf(node: YamlNode, key: string): number {
  const value = node.kind === 'mapping' ? valueOf(node, key) : undefined
  return (value ?? node).offset
}

function itemCountOf(node: YamlNode): number {
  if (node.kind === 'streamed') return node.itemCount
  return node.kind === 'list' ? node.items.length : 0
}
