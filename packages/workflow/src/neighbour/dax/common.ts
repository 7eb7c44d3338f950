import { HOOK_EVENTS, type HookEvent, type ShellHook } from '../../model/hook.ts'
import type { MetadataEntry } from '../../model/metadata.ts'
import { PROFILE_NAMESPACES, type Profile } from '../../model/profile.ts'
import type { ProblemCollector } from '../../problem/collector.ts'
import type { XmlElement } from './xml-events.ts'

/** The elements `profile`, `metadata` and `invoke`, which stand in many others. */
export class DaxCommon {
  readonly profiles: Profile[] = []
  readonly hooks: ShellHook[] = []
  readonly metadata: MetadataEntry[] = []
  readonly #owner: string

  /** @param owner what they belong to, for messages */
  constructor(owner: string) {
    this.#owner = owner
  }

  /** True when the element was one of them. */
  take(element: XmlElement, text: string, problems: ProblemCollector): boolean {
    switch (element.name) {
      case 'profile':
        this.#profile(element, text, problems)
        return true
      case 'metadata':
        this.#metadata(element, text, problems)
        return true
      case 'invoke':
        this.#hook(element, text, problems)
        return true
      default:
        return false
    }
  }

  #profile(element: XmlElement, text: string, problems: ProblemCollector): void {
    const key = element.attributes.get('key')
    const found = element.attributes.get('namespace') ?? ''
    const namespace = PROFILE_NAMESPACES.find((known) => known === found.toLowerCase())
    if (namespace === undefined || key === undefined) {
      const facts = { path: 'profile', offset: element.offset, found }
      problems.addUnknown('UNKNOWN_KEY', `${this.#owner} has a bad profile`, facts, PROFILE_NAMESPACES)
      return
    }
    this.profiles.push({ namespace, key, value: text })
  }

  #metadata(element: XmlElement, text: string, problems: ProblemCollector): void {
    const key = element.attributes.get('key')
    if (key === undefined) {
      problems.add('MISSING_KEY', `metadata of ${this.#owner} need the attribute key`, {
        path: 'metadata',
        offset: element.offset,
      })
    } else this.metadata.push({ key, value: text })
  }

  #hook(element: XmlElement, text: string, problems: ProblemCollector): void {
    const when = element.attributes.get('when') ?? 'never'
    const on = EVENTS.get(when) ?? HOOK_EVENTS.find((event) => event === when)
    if (on === undefined) {
      const facts = { path: 'invoke', offset: element.offset, found: when }
      problems.addUnknown('UNKNOWN_VALUE', 'unknown event', facts, EVENTS.keys())
    } else this.hooks.push({ on, command: text })
  }
}

/** Names of events in DAX files. */
const EVENTS = new Map<string, HookEvent>([
  ['never', 'never'],
  ['start', 'start'],
  ['on_error', 'error'],
  ['on_success', 'success'],
  ['at_end', 'end'],
  ['all', 'all'],
])
