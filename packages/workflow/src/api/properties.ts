import { PROFILE_NAMESPACES, type ProfileNamespace } from '../model/profile.ts'
import type { Properties as PropertiesData } from '../model/properties.ts'
import { isKnownProperty } from '../model/property-keys.ts'
import { writeProperties } from '../write/write.ts'
import type { ProfileValue } from './profiles.ts'
import { badValue, checkText, checkWord } from './values.ts'

/** Settings of the planner. */
export class Properties {
  readonly #values = new Map<string, string>()

  constructor(values: Readonly<Record<string, ProfileValue>> | PropertiesData = {}) {
    if (isMap(values)) for (const [key, value] of values) this.set(key, value)
    else for (const [key, value] of Object.entries(values)) this.set(key, value)
  }

  /** Sets one property. */
  set(key: string, value: ProfileValue): this {
    const name = checkText('the key of a property', key, /^\S+$/, 'a text without blanks')
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw badValue(`the value of property ${key}`, value, 'a text, number, true or false')
    }
    this.#values.set(name, String(value))
    return this
  }

  /** Value of a property, `undefined` when it is not set. */
  get(key: string): string | undefined {
    return this.#values.get(key)
  }

  /** Removes a property; true when it was set. */
  delete(key: string): boolean {
    return this.#values.delete(key)
  }

  /** Sets a profile of a site: `addSiteProfile('condorpool', 'condor', 'universe', 'vanilla')`. */
  addSiteProfile(site: string, namespace: ProfileNamespace, key: string, value: ProfileValue): this {
    const known = checkWord('the name space of profiles', namespace, PROFILE_NAMESPACES)
    return this.set(`pegasus.catalog.site.sites.${site}.profiles.${known}.${key}`, value)
  }

  /** Keys and values whose key contains a text. */
  list(part = ''): readonly (readonly [string, string])[] {
    return [...this.#values].filter(([key]) => key.includes(part))
  }

  /** Keys that the planner does not know; they are kept, but probably misspelled. */
  unknownKeys(): readonly string[] {
    return [...this.#values.keys()].filter((key) => !isKnownProperty(key))
  }

  /** The properties as plain data. */
  build(): PropertiesData {
    return new Map(this.#values)
  }

  /** Text of the properties file. */
  toText(): string {
    return writeProperties(this.#values)
  }
}

function isMap(values: object): values is PropertiesData {
  return values instanceof Map
}
