import { pinnedSite } from '../plan/assign/candidates.ts'
import type { PlanContext } from '../plan/context.ts'
import { DATA_CONFIGURATIONS } from '../plan/options.ts'
import { listed, type Reason } from './reason.ts'

/** Why a task runs on its site, with its executable and through its staging site. */
export function explainPlace(context: PlanContext, task: number): readonly Reason[] {
  const { tasks, assignment, sites, settings } = context
  const job = tasks.jobs[task]
  if (job === undefined) return []
  const site = sites.at(assignment.siteOf[task]!)
  const staging = sites.at(assignment.stagingOf[task]!)
  const configuration = DATA_CONFIGURATIONS[assignment.configurationOf[task]!] ?? settings.dataConfiguration
  const through: Reason = {
    topic: 'site',
    text:
      configuration === 'memory'
        ? 'files stay in memory (memory)'
        : `files go through the scratch directory of ${staging.name} (${configuration})`,
  }
  if (job.type !== 'job')
    return [{ topic: 'site', text: 'on local: sub-workflows are run by the submit host' }, through]
  const candidates = assignment.candidates.of(job)
  const names = candidates.sites.map((candidate) => candidate.site.name)
  const pinned = pinnedSite(job)
  const siteText =
    pinned !== undefined
      ? `on ${site.name}: pinned by the profile selector execution.site`
      : names.length === 1
        ? `on ${site.name}: the only site of the plan that can run ${candidates.id}`
        : `on ${site.name}: chosen by the selector ${settings.siteSelector} from ${listed(names)}`
  return [{ topic: 'site', text: siteText }, through, ...executableReasons(context, task)]
}

function executableReasons(context: PlanContext, task: number): readonly Reason[] {
  const { assignment } = context
  const executable = assignment.executables[assignment.executableOf[task]!]
  if (executable === undefined) return []
  if (executable.pinnedPfn !== undefined) {
    return [{ topic: 'executable', text: `${executable.pinnedPfn}: set by the profile selector pfn` }]
  }
  const { entry, alternatives, container } = executable
  if (entry === undefined)
    return [{ topic: 'executable', text: `function ${executable.transformationId} of the engine` }]
  const others = alternatives.map((other) => `${other.pfn} (${other.type} on ${other.name})`)
  const reasons: Reason[] = [
    {
      topic: 'executable',
      text: `${entry.pfn}, ${entry.type} on ${entry.name}${others.length === 0 ? '' : `; else ${listed(others)}`}`,
    },
  ]
  if (container !== undefined) {
    reasons.push({
      topic: 'executable',
      text: `in the ${container.type} container ${container.name} (${container.image})`,
    })
  }
  return reasons
}
