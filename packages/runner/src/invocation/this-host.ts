import { hostname, machine, release, type } from 'node:os'

/** Name, operating system and machine of this host, for records. */
export function thisHost(): { readonly host: string; readonly platform: string } {
  return { host: hostname(), platform: `${type()} ${release()} ${machine()}` }
}
