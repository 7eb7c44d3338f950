import { WorkflowError } from '../errors.ts'
import { PROFILE_NAMESPACES, type Profile, type ProfileNamespace } from '../model/profile.ts'
import { nearMiss } from '../problem/near-miss.ts'
import {
  CONDOR_KEYS,
  DAGMAN_KEYS,
  GLOBUS_KEYS,
  type KeyTable,
  type KeyValues,
  PEGASUS_KEYS,
  type ProfileKind,
  SELECTOR_KEYS,
} from './profile-keys.ts'
import { badValue, checkWord } from './values.ts'

/** Profiles of the name space `pegasus` by their names in TypeScript. */
export type PegasusProfiles = KeyValues<typeof PEGASUS_KEYS>
/** Profiles of the name space `condor` by their names in TypeScript. */
export type CondorProfiles = KeyValues<typeof CONDOR_KEYS>
/** Profiles of the name space `dagman` by their names in TypeScript. */
export type DagmanProfiles = KeyValues<typeof DAGMAN_KEYS>
/** Profiles of the name space `globus` by their names in TypeScript. */
export type GlobusProfiles = KeyValues<typeof GLOBUS_KEYS>
/** Profiles of the name space `selector` by their names in TypeScript. */
export type SelectorProfiles = KeyValues<typeof SELECTOR_KEYS>

/** Value of a profile under its own key. */
export type ProfileValue = string | number | boolean

/** Profiles of all name spaces, as the option of a constructor. */
export interface ProfilesInput {
  readonly env?: Readonly<Record<string, ProfileValue>>
  readonly pegasus?: PegasusProfiles
  readonly condor?: CondorProfiles
  readonly dagman?: DagmanProfiles
  readonly globus?: GlobusProfiles
  readonly selector?: SelectorProfiles
}

/** Holds profiles; a later value of a key replaces the earlier one. */
export abstract class WithProfiles {
  #profiles: readonly Profile[] = NONE

  /** The profiles so far. */
  get profiles(): readonly Profile[] {
    return this.#profiles
  }

  /** Adds profiles under the keys of the file format: `addProfiles('pegasus', { 'clusters.size': 5 })`. */
  addProfiles(namespace: ProfileNamespace, values: Readonly<Record<string, ProfileValue | undefined>>): this {
    const known = checkWord('the name space of profiles', namespace, PROFILE_NAMESPACES)
    const keyPattern = known === 'env' ? /^[-._A-Za-z0-9]+$/ : /^[+.A-Za-z0-9_-]+$/
    for (const [key, value] of Object.entries(values)) {
      if (!keyPattern.test(key))
        throw badValue(`the key of a ${known} profile`, key, 'letters, digits, dot, - and _')
      if (value !== undefined) this.#set({ namespace: known, key, value: String(value) })
    }
    return this
  }

  /** Adds environment variables. */
  addEnv(values: Readonly<Record<string, ProfileValue>>): this {
    return this.addProfiles('env', values)
  }

  /** Adds `pegasus` profiles; sizes such as `2 GB` become megabytes. */
  addPegasusProfile(values: PegasusProfiles): this {
    return this.#addTyped('pegasus', PEGASUS_KEYS, values)
  }

  /** Adds `condor` profiles; sizes such as `2 GB` become the unit of the submit command. */
  addCondorProfile(values: CondorProfiles): this {
    return this.#addTyped('condor', CONDOR_KEYS, values)
  }

  /** Adds `dagman` profiles. */
  addDagmanProfile(values: DagmanProfiles): this {
    return this.#addTyped('dagman', DAGMAN_KEYS, values)
  }

  /** Adds `globus` profiles. */
  addGlobusProfile(values: GlobusProfiles): this {
    return this.#addTyped('globus', GLOBUS_KEYS, values)
  }

  /** Adds `selector` profiles, such as the site on which a job must run. */
  addSelectorProfile(values: SelectorProfiles): this {
    return this.#addTyped('selector', SELECTOR_KEYS, values)
  }

  protected addAllProfiles(input: ProfilesInput | undefined): void {
    if (input === undefined) return
    if (input.env !== undefined) this.addEnv(input.env)
    if (input.pegasus !== undefined) this.addPegasusProfile(input.pegasus)
    if (input.condor !== undefined) this.addCondorProfile(input.condor)
    if (input.dagman !== undefined) this.addDagmanProfile(input.dagman)
    if (input.globus !== undefined) this.addGlobusProfile(input.globus)
    if (input.selector !== undefined) this.addSelectorProfile(input.selector)
  }

  #addTyped(namespace: ProfileNamespace, keys: KeyTable, values: Readonly<Record<string, unknown>>): this {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue
      const entry = Object.hasOwn(keys, name) ? keys[name] : undefined
      if (entry === undefined) throw unknownKey(namespace, name, keys)
      const [key, kind] = entry
      this.#set({ namespace, key, value: profileText(`${namespace} profile ${name}`, kind, value) })
    }
    return this
  }

  #set(profile: Profile): void {
    const rest = this.#profiles.filter(
      (other) => other.namespace !== profile.namespace || other.key !== profile.key,
    )
    this.#profiles = [...rest, profile]
  }
}

const NONE: readonly Profile[] = Object.freeze([])

function unknownKey(namespace: string, name: string, keys: KeyTable): WorkflowError {
  const near = nearMiss(name, Object.keys(keys))
  return new WorkflowError('WORKFLOW_BAD_VALUE', `there is no ${namespace} profile of this name`, {
    found: name,
    remedy: near === undefined ? `use addProfiles('${namespace}', …) for other keys` : `did you mean ${near}`,
  })
}

function profileText(what: string, kind: ProfileKind, value: unknown): string {
  switch (kind) {
    case 'count':
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value)
      throw badValue(what, value, 'a whole number from 0')
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return String(value)
      throw badValue(what, value, 'a number from 0')
    case 'flag':
      if (typeof value === 'boolean') return String(value)
      throw badValue(what, value, 'true, false')
    case 'text':
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      throw badValue(what, value, 'a text')
    case 'mb':
      return String(sizeIn(what, value, 1))
    case 'kb':
      return String(sizeIn(what, value, 1024))
  }
}

/** Megabytes in each unit. */
const UNIT_MB = new Map([
  ['KB', 1 / 1024],
  ['MB', 1],
  ['GB', 1024],
  ['TB', 1024 ** 2],
  ['PB', 1024 ** 3],
  ['EB', 1024 ** 4],
])

/** A size as a whole number of units of which one megabyte has `perMb`; a bare number is megabytes. */
function sizeIn(what: string, value: unknown, perMb: number): number {
  const match = /^\s*(\d{1,15}(?:\.\d+)?)\s*([KMGTPE]B)?\s*$/i.exec(String(value))
  const megabytes = Number(match?.[1]) * (UNIT_MB.get(match?.[2]?.toUpperCase() ?? 'MB') ?? Number.NaN)
  const size = Math.ceil(megabytes * perMb)
  if (Number.isSafeInteger(size) && (typeof value === 'string' || typeof value === 'number')) return size
  throw badValue(what, value, 'a number of megabytes, or text with KB, MB, GB, TB, PB or EB')
}
