import type { PlanContext } from '../context.ts'
import type { PlanSite } from '../site-index.ts'

/**
 * Sites to which an output is brought: the output sites of the plan; for a file of a sub-workflow that jobs of the parent read, where
 * those look for it.
 */
export function outputSitesOf(context: PlanContext, lfn: string): readonly PlanSite[] {
  const { outputLocations, outputSites, settings, sites } = context
  const wanted = settings.deliversToParent ? outputLocations.find(lfn) : undefined
  if (wanted === undefined) return outputSites
  return wanted.locations.flatMap(({ site }) => sites.get(site) ?? [])
}

/** Whether any output is brought anywhere. */
export function hasOutputSites({ outputSites, settings }: PlanContext): boolean {
  return outputSites.length > 0 || settings.deliversToParent
}
