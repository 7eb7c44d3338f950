import type { Plan } from '../../plan/plan.ts'

/** Names and folders of the jobs of a plan in a DAG. */
export interface DagNames {
  /** Name of the node: the job's name without the marks that DAGMan reserves. */
  readonly name: (job: number) => string
  /** Path of a file of the job without its ending, relative to the directory of the run. */
  readonly stem: (job: number) => string
}

/** Jobs whose files share a folder. */
const JOBS_PER_FOLDER = 100

/** Gives every job a node name and a folder: two levels of two hexadecimal digits, so that no folder is large. */
export function dagNames(plan: Pick<Plan, 'jobCount' | 'name'>): DagNames {
  const taken = new Set<string>()
  const names = Array.from({ length: plan.jobCount }, (_, job) => {
    const base = plan.name(job).replaceAll(/[.+]/g, '_')
    let name = base
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`
    taken.add(name)
    return name
  })
  const folder = (job: number): string => {
    const number = Math.floor(job / JOBS_PER_FOLDER)
    const digits = (part: number): string => part.toString(16).padStart(2, '0').toUpperCase()
    return `${digits(Math.floor(number / 256))}/${digits(number % 256)}`
  }
  const name = (job: number): string => names[job] ?? ''
  return { name, stem: (job) => `${folder(job)}/${name(job)}` }
}
