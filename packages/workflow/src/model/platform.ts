/** Processor architectures of the site and transformation catalogs. */
export const ARCHITECTURES = [
  'x86',
  'x86_64',
  'ppc',
  'ppc_64',
  'ppc64le',
  'ia64',
  'sparcv7',
  'sparcv9',
  'amd64',
  'aarch64',
] as const

/** Processor architecture. */
export type Architecture = (typeof ARCHITECTURES)[number]

/** Operating systems of the site and transformation catalogs. */
export const OPERATING_SYSTEMS = ['linux', 'sunos', 'macosx', 'aix', 'windows'] as const

/** Operating system. */
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number]

/** What a site offers or an executable needs; what is absent matches everything. */
export interface Platform {
  readonly arch?: Architecture | undefined
  readonly osType?: OperatingSystem | undefined
  readonly osRelease?: string | undefined
  readonly osVersion?: string | undefined
}
