import { HOOK_EVENTS, type HookEvent, type ShellHook } from '../model/hook.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import { WithProfiles } from './profiles.ts'
import { badValue, checkFilled, checkWord, type TextLike } from './values.ts'

/** Metadata as an option; keys with `undefined` or `null` are left out. */
export type MetadataInput = Readonly<Record<string, TextLike | boolean | null | undefined>>

const NO_METADATA: readonly MetadataEntry[] = Object.freeze([])
const NO_HOOKS: readonly ShellHook[] = Object.freeze([])

/** Metadata with `input` added; a later value of a key replaces the earlier one. */
export function mergeMetadata(
  metadata: readonly MetadataEntry[],
  input: MetadataInput,
): readonly MetadataEntry[] {
  const merged = new Map(metadata.map(({ key, value }) => [key, value]))
  for (const [key, value] of Object.entries(input)) {
    if (!/^[-\w.\u0080-\uffff]+$/.test(key))
      throw badValue('the metadata key', key, 'letters, digits, dot, - and _')
    if (value !== null && value !== undefined) merged.set(key, String(value))
  }
  return merged.size === 0 ? NO_METADATA : [...merged].map(([key, value]) => ({ key, value }))
}

/** Holds profiles and metadata. */
export abstract class WithMetadata extends WithProfiles {
  #metadata: readonly MetadataEntry[] = NO_METADATA

  /** The metadata so far. */
  get metadata(): readonly MetadataEntry[] {
    return this.#metadata
  }

  /** Adds metadata; values become text. */
  addMetadata(input: MetadataInput): this {
    this.#metadata = mergeMetadata(this.#metadata, input)
    return this
  }
}

/** Holds profiles, metadata and shell hooks. */
export abstract class WithHooks extends WithMetadata {
  #hooks: readonly ShellHook[] = NO_HOOKS

  /** The shell hooks so far. */
  get hooks(): readonly ShellHook[] {
    return this.#hooks
  }

  /** Runs a command on the submit host at an event. */
  addShellHook(event: HookEvent, command: string): this {
    const on = checkWord('the event of a hook', event, HOOK_EVENTS)
    this.#hooks = [...this.#hooks, { on, command: checkFilled('the command of a hook', command) }]
    return this
  }
}
