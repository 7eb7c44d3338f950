import { PROFILE_NAMESPACES, type Profile } from '../model/profile.ts'
import type { Properties } from '../model/properties.ts'
import type { Site, SiteCatalog } from '../model/site-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'

const PATTERN = /^pegasus\.catalog\.site\.sites\.([^.]+)\.profiles\.([a-z]+)\.(.+)$/

/** Profiles of sites that properties set: `pegasus.catalog.site.sites.<site>.profiles.<name space>.<key>`. */
export function siteProfiles(properties: Properties): ReadonlyMap<string, readonly Profile[]> {
  const profiles = new Map<string, Profile[]>()
  for (const [key, value] of properties) {
    const [, site, word, profileKey] = PATTERN.exec(key) ?? []
    const namespace = PROFILE_NAMESPACES.find((known) => known === word)
    if (site === undefined || namespace === undefined || profileKey === undefined) continue
    profiles.set(site, [...(profiles.get(site) ?? []), { namespace, key: profileKey, value }])
  }
  return profiles
}

/** The catalog with these profiles on its sites; they win over the catalog's own. */
export function withSiteProfiles(
  catalog: SiteCatalog,
  profiles: ReadonlyMap<string, readonly Profile[]>,
): SiteCatalog {
  if (profiles.size === 0) return catalog
  const sites = catalog.sites.map((site): Site => {
    const added = profiles.get(site.name)
    return added === undefined ? site : { ...site, profiles: [...site.profiles, ...added] }
  })
  return { ...catalog, sites }
}

/** Entry of the pool that exists without being declared, when properties give it profiles. */
export function undeclaredPool(profiles: ReadonlyMap<string, readonly Profile[]>): SiteCatalog | undefined {
  const added = profiles.get('condorpool')
  if (added === undefined) return undefined
  const site: Site = {
    name: 'condorpool',
    directories: [],
    grids: [],
    profiles: [{ namespace: 'pegasus', key: 'style', value: 'condor' }, ...added],
    extensions: [],
  }
  return { pegasus: FORMAT_VERSION, sites: [site], extensions: [] }
}
