import type { Checksum } from '../model/checksum.ts'
import { HOOK_EVENTS, type ShellHook } from '../model/hook.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import {
  ARCHITECTURES,
  type Architecture,
  OPERATING_SYSTEMS,
  type OperatingSystem,
} from '../model/platform.ts'
import { PROFILE_NAMESPACES, type Profile, type ProfileNamespace } from '../model/profile.ts'
import { nearMiss } from '../problem/near-miss.ts'
import { describeNode, type MappingNode, type YamlNode } from '../yaml/node.ts'
import type { ReadContext } from './context.ts'
import { list } from './list.ts'
import { oneOf, text } from './scalar.ts'
import { mapped, type Schema } from './schema.ts'
import { type Optional, optional, required, shape } from './shape.ts'

/** A version `n`, `n.n` or `n.n.n`. */
export const versionText: Schema<string> = text({
  noun: 'a version',
  pattern: /^\d+(\.\d+){0,2}$/,
  allowed: 'n, n.n or n.n.n with whole numbers',
})

/** The version of the file format. */
export const formatVersion: Schema<string> = text({
  noun: 'a version of the file format',
  pattern: /^5(\.\d+){0,2}$/,
  allowed: '5.0 to 5.0.4',
})

/** Hexadecimal SHA-256. */
export const checksum: Schema<Checksum> = mapped(
  shape(
    {
      sha256: required(
        text({ noun: 'a SHA-256', pattern: /^[\da-fA-F]{64}$/, allowed: '64 hexadecimal digits' }),
      ),
    },
    { noun: 'a checksum', allowsExtensions: false },
  ),
  ({ sha256 }) => ({ sha256 }),
)

/** Shell hooks. */
export const hooks: Schema<readonly ShellHook[]> = mapped(
  shape(
    {
      shell: optional(
        list(
          mapped(
            shape(
              { _on: required(oneOf('event', HOOK_EVENTS)), cmd: required(text({ noun: 'a command' })) },
              { noun: 'a hook', allowsExtensions: false },
            ),
            (hook): ShellHook => ({ on: hook._on, command: hook.cmd }),
          ),
        ),
      ),
    },
    { noun: 'hooks' },
  ),
  ({ shell }) => shell ?? [],
)

/** Keys of the platform on sites and transformations. */
export const platformFields: {
  readonly arch: Optional<Architecture>
  readonly 'os.type': Optional<OperatingSystem>
  readonly 'os.release': Optional<string>
  readonly 'os.version': Optional<string>
} = {
  arch: optional(oneOf('architecture', ARCHITECTURES)),
  'os.type': optional(oneOf('operating system', OPERATING_SYSTEMS)),
  'os.release': optional(text({ noun: 'a release' })),
  'os.version': optional(text({ noun: 'a version' })),
}

/** Metadata: a flat mapping; an empty one is a warning. */
export const metadata: Schema<readonly MetadataEntry[]> = {
  read(node, context) {
    if (node.kind !== 'mapping') {
      context.report('WRONG_TYPE', 'metadata are expected', node, {
        found: describeNode(node),
        allowed: 'a mapping of keys to texts or numbers',
      })
      return undefined
    }
    if (node.keys.length === 0) {
      context.report('TOO_FEW', 'the metadata are empty', node, {
        allowed: 'at least one entry',
        suggestion: 'leave the key out',
        severity: 'warning',
      })
    }
    const entries: MetadataEntry[] = []
    for (let i = 0; i < node.keys.length; i++) {
      const key = node.keys[i]
      const value = entryText(node, i, METADATA_KEY, context)
      if (key !== undefined && value !== undefined) entries.push({ key: key, value })
    }
    return entries
  },
  json: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
}

const METADATA_KEY = /^(?:x-.*|[-\w.\u0080-\uffff]+)$/u
const ENV_KEY = /^[-._A-Za-z0-9]+$/
const PROFILE_KEY = /^(?:x-.*|[+.A-Za-z0-9_-]+)$/

/** Profiles by name space. */
export const profiles: Schema<readonly Profile[]> = {
  read(node, context) {
    if (node.kind !== 'mapping') {
      context.report('WRONG_TYPE', 'profiles are expected', node, {
        found: describeNode(node),
        allowed: `a mapping of ${PROFILE_NAMESPACES.join(', ')}`,
      })
      return undefined
    }
    const found: Profile[] = []
    for (let i = 0; i < node.keys.length; i++) {
      const namespace = node.keys[i]
      const child = node.values[i]
      if (namespace === undefined || child === undefined || namespace.startsWith('x-')) continue
      const known = NAMESPACES.get(namespace)
      if (known === undefined) reportNamespace(node, i, namespace, context)
      else readNamespace(known, child, context, found)
    }
    return found
  },
  json: {
    type: 'object',
    properties: Object.fromEntries(
      PROFILE_NAMESPACES.map((namespace) => [
        namespace,
        { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
      ]),
    ),
    patternProperties: { '^x-': {} },
    additionalProperties: false,
  },
}

const NAMESPACES = new Map<string, ProfileNamespace>(PROFILE_NAMESPACES.map((name) => [name, name]))

function reportNamespace(node: MappingNode, at: number, namespace: string, context: ReadContext): void {
  const near = nearMiss(namespace, PROFILE_NAMESPACES)
  context.problems.add('UNKNOWN_KEY', 'there is no such name space of profiles', {
    path: context.path(namespace),
    offset: node.keyOffsets[at],
    found: namespace,
    allowed: PROFILE_NAMESPACES.join(', '),
    ...(near === undefined ? {} : { suggestion: `did you mean ${near}` }),
  })
}

function readNamespace(
  namespace: ProfileNamespace,
  node: YamlNode,
  context: ReadContext,
  into: Profile[],
): void {
  context.enter(namespace)
  if (node.kind === 'mapping') {
    for (let i = 0; i < node.keys.length; i++) {
      const key = node.keys[i]
      const value = entryText(node, i, namespace === 'env' ? ENV_KEY : PROFILE_KEY, context)
      if (key !== undefined && value !== undefined) into.push({ namespace, key: key, value })
    }
  } else {
    context.report('WRONG_TYPE', 'profiles of a name space are expected', node, {
      found: describeNode(node),
      allowed: 'a mapping of keys to texts or numbers',
    })
  }
  context.leave()
}

/** Value of entry `at` as text; booleans become `true` and `false`, which writers of these files forget to quote. */
function entryText(node: MappingNode, at: number, pattern: RegExp, context: ReadContext): string | undefined {
  const key = node.keys[at] ?? ''
  const child = node.values[at]
  if (!pattern.test(key)) {
    context.problems.add('BAD_VALUE', 'this is not a key', {
      path: context.path(key),
      offset: node.keyOffsets[at],
      found: key,
      allowed: 'letters, digits, dot, - and _',
    })
    return undefined
  }
  if (child?.kind === 'scalar' && child.value !== null) {
    context.enter(key)
    const text = context.expand(child.text, child)
    context.leave()
    return text
  }
  context.problems.add('WRONG_TYPE', 'a text or number is expected', {
    path: context.path(key),
    offset: child?.offset ?? node.keyOffsets[at],
    found: child === undefined ? 'nothing' : describeNode(child),
    allowed: 'text or number',
  })
  return undefined
}
