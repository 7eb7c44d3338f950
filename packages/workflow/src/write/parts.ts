import type { Checksum } from '../model/checksum.ts'
import type { ShellHook } from '../model/hook.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import type { Extension, PlainValue } from '../model/plain.ts'
import type { Platform } from '../model/platform.ts'
import type { Profile } from '../model/profile.ts'

/** A mapping that is built key by key; absent and empty things are left out. */
export class Part {
  readonly map: Map<string, PlainValue> = new Map()

  /** Sets a key unless the value is `undefined`. */
  set(key: string, value: PlainValue | undefined): this {
    if (value !== undefined) this.map.set(key, value)
    return this
  }

  /** Sets a list unless it is empty. */
  list(key: string, items: readonly PlainValue[]): this {
    if (items.length > 0) this.map.set(key, items)
    return this
  }

  profiles(profiles: readonly Profile[]): this {
    if (profiles.length === 0) return this
    const byNamespace = new Map<string, Map<string, PlainValue>>()
    for (const { namespace, key, value } of profiles) {
      const entries = byNamespace.get(namespace) ?? new Map<string, PlainValue>()
      entries.set(key, value)
      byNamespace.set(namespace, entries)
    }
    return this.set('profiles', byNamespace)
  }

  hooks(hooks: readonly ShellHook[]): this {
    if (hooks.length === 0) return this
    const shell = hooks.map(
      (hook) =>
        new Map([
          ['_on', hook.on],
          ['cmd', hook.command],
        ]),
    )
    return this.set('hooks', new Map([['shell', shell]]))
  }

  metadata(metadata: readonly MetadataEntry[] | undefined): this {
    if (metadata === undefined || metadata.length === 0) return this
    return this.set('metadata', new Map(metadata.map(({ key, value }) => [key, value])))
  }

  checksum(checksum: Checksum | undefined): this {
    return this.set('checksum', checksum === undefined ? undefined : new Map([['sha256', checksum.sha256]]))
  }

  platform(platform: Platform): this {
    return this.set('arch', platform.arch)
      .set('os.type', platform.osType)
      .set('os.release', platform.osRelease)
      .set('os.version', platform.osVersion)
  }

  extensions(extensions: readonly Extension[]): this {
    for (const { key, value } of extensions) this.map.set(key, value)
    return this
  }
}
