import { type Alias, Composer, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, Parser } from 'yaml'
import type { ProblemCollector } from '../problem/collector.ts'
import type { ListNode, MappingNode, ScalarNode, YamlLimits, YamlNode } from './node.ts'

/**
 * Reads one YAML document with the `yaml` library. Aliases are expanded within the limits; merge keys stay what
 * they are (a key named `<<`). Problems go to the collector; `undefined` when there is nothing usable.
 */
export function parseWithLibrary(
  text: string,
  problems: ProblemCollector,
  limits: YamlLimits,
): YamlNode | undefined {
  const composer = new Composer({
    lineCounter: new LineCounter(),
    uniqueKeys: false,
    intAsBigInt: false,
    schema: 'core',
    strict: true,
    keepSourceTokens: false,
  })
  const documents = composer.compose(new Parser().parse(text), true, text.length)
  let root: YamlNode | undefined
  let count = 0
  for (const document of documents) {
    count++
    for (const error of document.errors.slice(0, 20)) {
      const message = error.message.split('\n')[0] ?? error.message
      problems.add('YAML_SYNTAX', `not valid YAML: ${message}`, { path: '', offset: error.pos[0] })
    }
    if (count > 1) {
      problems.add('YAML_SYNTAX', 'the file holds more than one document', {
        path: '',
        offset: document.range[0],
        allowed: 'one document',
      })
      return undefined
    }
    if (document.errors.length > 0) return undefined
    root =
      document.contents === null ? undefined : new Converter(problems, limits).convert(document.contents, 0)
  }
  return root
}

/** Converts the tree of the library to ours. */
class Converter {
  readonly #problems: ProblemCollector
  readonly #limits: YamlLimits
  readonly #anchors = new Map<string, Node>()
  readonly #open = new Set<string>()
  #aliasNodes = 0
  #aliasDepth = 0
  #isStopped = false

  constructor(problems: ProblemCollector, limits: YamlLimits) {
    this.#problems = problems
    this.#limits = limits
  }

  convert(node: Node, depth: number): YamlNode | undefined {
    if (this.#isStopped) return undefined
    const offset = node.range?.[0] ?? 0
    if (depth > this.#limits.maxDepth)
      return this.#stop(offset, 'nested too deeply', `${this.#limits.maxDepth} levels`)
    if (this.#aliasDepth > 0 && ++this.#aliasNodes > this.#limits.maxAliasNodes) {
      return this.#stop(offset, 'aliases expand to too much', `${this.#limits.maxAliasNodes} nodes`)
    }
    if (isAlias(node)) return this.#alias(node, depth, offset)
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node)
    if (node.anchor !== undefined) this.#open.add(node.anchor)
    const converted = this.#convertValue(node, depth, offset)
    if (node.anchor !== undefined) this.#open.delete(node.anchor)
    return converted
  }

  #convertValue(node: Node, depth: number, offset: number): YamlNode | undefined {
    if (isScalar(node)) return this.#scalar(node.value, node.source, offset)
    if (isSeq<Node>(node)) return this.#list(node.items, depth, offset)
    if (isMap<Node, Node | null>(node)) return this.#mapping(node.items, depth, offset)
    return this.#stop(offset, 'a kind of YAML node that is not used here', 'scalars, lists and mappings')
  }

  #alias(node: Alias, depth: number, offset: number): YamlNode | undefined {
    const target = this.#anchors.get(node.source)
    if (target === undefined || this.#open.has(node.source)) {
      return this.#stop(
        offset,
        'the alias names no earlier anchor',
        'an anchor that is complete before it',
        node.source,
      )
    }
    this.#aliasDepth++
    const converted = this.convert(target, depth)
    this.#aliasDepth--
    return converted
  }

  #scalar(value: unknown, source: string | undefined, offset: number): ScalarNode | undefined {
    if (typeof value === 'string') {
      if (value.length > this.#limits.maxScalarChars) {
        return this.#stop(offset, 'a text is too long', `${this.#limits.maxScalarChars} characters`)
      }
      return { kind: 'scalar', value, text: value, offset }
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return { kind: 'scalar', value, text: source ?? String(value), offset }
    }
    return this.#stop(
      offset,
      'a kind of scalar that is not used here',
      'text, number, true, false or nothing',
    )
  }

  #list(items: readonly Node[], depth: number, offset: number): ListNode | undefined {
    const converted: YamlNode[] = []
    for (const item of items) {
      const child = this.convert(item, depth + 1)
      if (child === undefined) return undefined
      converted.push(child)
    }
    return { kind: 'list', items: converted, offset }
  }

  #mapping(
    pairs: readonly { readonly key: Node; readonly value: Node | null }[],
    depth: number,
    offset: number,
  ): MappingNode | undefined {
    const keys: string[] = []
    const keyOffsets: number[] = []
    const values: YamlNode[] = []
    const seen = new Set<string>()
    for (const { key, value } of pairs) {
      const keyNode = this.convert(key, depth + 1)
      if (keyNode === undefined) return undefined
      if (keyNode.kind !== 'scalar')
        return this.#stop(keyNode.offset, 'a key that is not a text', 'texts as keys')
      const child: YamlNode | undefined =
        value === null
          ? { kind: 'scalar', value: null, text: '', offset: keyNode.offset }
          : this.convert(value, depth + 1)
      if (child === undefined) return undefined
      if (seen.has(keyNode.text)) {
        this.#problems.add('YAML_DUPLICATE_KEY', 'the key stands twice in one mapping', {
          path: '',
          offset: keyNode.offset,
          found: keyNode.text,
        })
        continue
      }
      seen.add(keyNode.text)
      keys.push(keyNode.text)
      keyOffsets.push(keyNode.offset)
      values.push(child)
    }
    return { kind: 'mapping', keys, keyOffsets, values, offset }
  }

  #stop(offset: number, message: string, allowed: string, found?: string): undefined {
    if (!this.#isStopped) this.#problems.add('YAML_LIMIT', message, { path: '', offset, allowed, found })
    this.#isStopped = true
    return undefined
  }
}
