import { topologicalLevels, topologicalOrder } from '../graph/order.ts'
import { type BuiltPlan, buildPlan } from './build-plan.ts'
import { entriesByNode, stayingBySite } from './cleanup/removable.ts'
import { countPlan } from './count-plan.ts'
import { throttles } from './job-settings.ts'
import { type JobTables, makeJob } from './make-job.ts'
import { NODE_KINDS } from './node-graph.ts'
import { nodeName } from './node-name.ts'
import type { PlanRequest } from './options.ts'
import type { Plan, PlanCounts, PlanJob } from './plan.ts'
import { type PlanProblem, PlanProblems } from './problem.ts'

/** A plan with warnings, or everything that is in its way. */
export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

/**
 * Plans a workflow: checks it against the catalogs, leaves out what exists already, chooses sites, executables and
 * replicas, puts small jobs together, and adds the jobs that move, register and remove files. Pure: the same request
 * gives the same plan. Time and memory are linear in jobs, uses and edges.
 */
export function planWorkflow(request: PlanRequest): PlanResult {
  const problems = new PlanProblems()
  const built = buildPlan(request, problems)
  if (built === undefined) return { ok: false, problems: problems.list() }
  return { ok: true, plan: viewPlan(built, problems.list()) }
}

/** The plan of what the passes built; jobs, counts and names are made when asked for. */
function viewPlan(built: BuiltPlan, warnings: readonly PlanProblem[]): Plan {
  const { graph, context } = built
  const tables = lazy((): JobTables => {
    const { start, members } = entriesByNode(graph)
    return {
      built,
      entryStart: start,
      entries: members,
      level: topologicalLevels(graph.digraph).level,
      sitesWithResults: stayingBySite(graph, context),
    }
  })
  const counts = lazy((): PlanCounts => countPlan(built))
  const names = lazy((): ReadonlyMap<string, number> => {
    const map = new Map<string, number>()
    for (let node = 0; node < graph.nodes.count; node++) map.set(nodeName(graph, context, node), node)
    return map
  })
  const job = (number: number): PlanJob => {
    if (!Number.isInteger(number) || number < 0 || number >= graph.nodes.count) {
      throw new RangeError(`no job number ${number}, the plan has ${graph.nodes.count}`)
    }
    return makeJob(tables(), number)
  }
  return {
    workflowName: context.tasks.workflow.name,
    basename: context.settings.basename,
    jobCount: graph.nodes.count,
    graph: graph.digraph,
    get counts() {
      return counts()
    },
    throttles: throttles(context.settings.properties),
    warnings,
    kind: (number) => NODE_KINDS[graph.nodes.kind[number] ?? -1] ?? 'noop',
    name: (number) => nodeName(graph, context, number),
    find: (name) => names().get(name),
    job,
    *jobs() {
      for (const number of topologicalOrder(graph.digraph)) yield job(number)
    },
    built,
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
