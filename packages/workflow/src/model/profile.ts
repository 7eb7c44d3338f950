/** Name spaces of profiles. `hints` is the old name of `selector`; `stat` is known to the planner only. */
export const PROFILE_NAMESPACES = [
  'env',
  'condor',
  'globus',
  'dagman',
  'pegasus',
  'hints',
  'selector',
  'stat',
] as const

/** Name space of a profile. */
export type ProfileNamespace = (typeof PROFILE_NAMESPACES)[number]

/** One profile: a setting that travels with a job, transformation, site, container or file server. */
export interface Profile {
  readonly namespace: ProfileNamespace
  readonly key: string
  /** As text, the way the file spelled it; booleans are `true` and `false`. */
  readonly value: string
}

/** Value of one profile, `undefined` when it is not set. The last entry of a key counts. */
export function profileValue(
  profiles: readonly Profile[],
  namespace: ProfileNamespace,
  key: string,
): string | undefined {
  for (let i = profiles.length - 1; i >= 0; i--) {
    const profile = profiles[i]
    if (profile?.key === key && profile.namespace === namespace) return profile.value
  }
  return undefined
}

/** Profiles of several layers put together key by key; later layers win, first appearance decides the order. */
export function mergeProfiles(...layers: readonly (readonly Profile[])[]): readonly Profile[] {
  const filled = layers.filter((layer) => layer.length > 0)
  if (filled.length === 0) return []
  if (filled.length === 1 && filled[0] !== undefined) return filled[0]
  const merged = new Map<string, Profile>()
  for (const layer of filled) {
    for (const profile of layer) merged.set(`${profile.namespace}\n${profile.key}`, profile)
  }
  return [...merged.values()]
}
