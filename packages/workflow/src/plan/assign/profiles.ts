import type { Job } from '../../model/job.ts'
import { mergeProfiles, type Profile, type ProfileNamespace, profileValue } from '../../model/profile.ts'
import type { Workflow } from '../../model/workflow.ts'
import { type PlanSettings, propertyProfiles } from '../settings.ts'
import type { PlanSite } from '../site-index.ts'

/**
 * Profiles of jobs by layer. Rank as file 06, section 6.1, says: transformation catalog over site catalog over job
 * over workflow over properties.
 */
export class ProfileLayers {
  readonly #properties: readonly Profile[]
  readonly #workflow: readonly Profile[]

  constructor(workflow: Workflow, settings: PlanSettings) {
    this.#properties = propertyProfiles(settings.properties)
    this.#workflow = workflow.profiles
  }

  /** Value of one profile of a job on a site. */
  value(
    job: Job,
    site: PlanSite,
    executable: readonly Profile[],
    namespace: ProfileNamespace,
    key: string,
  ): string | undefined {
    return (
      profileValue(executable, namespace, key) ??
      profileValue(site.site.profiles, namespace, key) ??
      profileValue(job.profiles, namespace, key) ??
      profileValue(this.#workflow, namespace, key) ??
      profileValue(this.#properties, namespace, key)
    )
  }

  /** All profiles of a job on a site, merged. */
  all(job: Job, site: PlanSite, executable: readonly Profile[]): readonly Profile[] {
    return mergeProfiles(this.#properties, this.#workflow, job.profiles, site.site.profiles, executable)
  }

  /** Profiles of a node that runs no task, merged. */
  ofSite(site: PlanSite): readonly Profile[] {
    return mergeProfiles(this.#properties, site.site.profiles)
  }
}
