import { type Alias, Composer, isAlias, isMap, isScalar, isSeq, type Node, Parser } from 'yaml'
import type { ProblemCollector } from '../problem/collector.ts'
import { LimitReached } from './cursor.ts'
import { type DoubledKey, MappingBuilder } from './mapping-builder.ts'
import type { ListNode, MappingNode, ScalarNode, YamlLimits, YamlNode } from './node.ts'

/** Most syntax errors of one document that are reported. */
const MAX_ERRORS = 20

/**
 * Reads one YAML document with the `yaml` library. Aliases are expanded and merge keys (`<<`) merged within the
 * limits. Problems go to the collector; `undefined` when there is nothing usable.
 *
 * @throws {LimitReached} when a bound is passed
 */
export function parseWithLibrary(
  text: string,
  problems: ProblemCollector,
  limits: YamlLimits,
): YamlNode | undefined {
  try {
    return convertDocument(text, problems, limits)
  } catch (error) {
    // The library goes down one call per level.
    if (!(error instanceof RangeError)) throw error
    throw new LimitReached('nested too deeply', `${limits.maxDepth} levels`, 0, { cause: error })
  }
}

function convertDocument(text: string, problems: ProblemCollector, limits: YamlLimits): YamlNode | undefined {
  const composer = new Composer({ uniqueKeys: false, schema: 'core', strict: true })
  const documents = composer.compose(new Parser().parse(text), true, text.length)
  let root: YamlNode | undefined
  let count = 0
  for (const document of documents) {
    count++
    for (const error of firstAtEachPlace(document.errors).slice(0, MAX_ERRORS)) {
      const message = error.message.split('\n')[0] ?? error.message
      if (/call stack/i.test(message)) {
        throw new LimitReached('nested too deeply', `${limits.maxDepth} levels`, error.pos[0], {
          cause: error,
        })
      }
      problems.add('SYNTAX', `not valid YAML: ${message}`, { path: '', offset: error.pos[0] })
    }
    if (count > 1) {
      const offset = document.range[0]
      problems.add('SYNTAX', 'the file holds more than one document', {
        path: '',
        offset,
        allowed: 'one',
      })
    }
    if (problems.errorCount > 0) return undefined
    if (document.contents === null) continue
    const converter = new Converter(limits)
    root = converter.convert(document.contents, 0)
    for (const { key, offset } of converter.doubled) {
      problems.add('DUPLICATE_KEY', 'the key stands twice in one mapping', {
        path: '',
        offset,
        found: key,
      })
    }
  }
  return root
}

/** An error of the library. */
interface SyntaxProblem {
  readonly message: string
  readonly pos: readonly [number, number]
}

function firstAtEachPlace(errors: readonly SyntaxProblem[]): readonly SyntaxProblem[] {
  return errors.filter((error, i) => errors.findIndex((other) => other.pos[0] === error.pos[0]) === i)
}

/** Converts the tree of the library to ours. */
class Converter {
  readonly doubled: DoubledKey[] = []
  readonly #limits: YamlLimits
  readonly #anchors = new Map<string, Node>()
  readonly #open = new Set<string>()
  #aliasNodes = 0
  #aliasDepth = 0

  constructor(limits: YamlLimits) {
    this.#limits = limits
  }

  convert(node: Node, depth: number): YamlNode {
    const offset = node.range?.[0] ?? 0
    const { maxDepth, maxAliasNodes } = this.#limits
    if (depth > maxDepth) throw new LimitReached('nested too deeply', `${maxDepth} levels`, offset)
    if (this.#aliasDepth > 0 && ++this.#aliasNodes > maxAliasNodes) {
      throw new LimitReached('aliases expand to too much', `${maxAliasNodes} nodes`, offset)
    }
    if (isAlias(node)) return this.#alias(node, depth, offset)
    if (node.anchor === undefined) return this.#convertValue(node, depth, offset)
    if (this.#aliasDepth === 0) this.#anchors.set(node.anchor, node)
    this.#open.add(node.anchor)
    const converted = this.#convertValue(node, depth, offset)
    this.#open.delete(node.anchor)
    return converted
  }

  #convertValue(node: Node, depth: number, offset: number): YamlNode {
    if (isScalar(node)) return this.#scalar(node.value, node.source, offset)
    if (isSeq<Node>(node)) return this.#list(node.items, depth, offset)
    if (isMap<Node, Node | null>(node)) return this.#mapping(node.items, depth, offset)
    throw new LimitReached('a kind of YAML node that is not used here', 'scalars, lists and mappings', offset)
  }

  #alias(node: Alias, depth: number, offset: number): YamlNode {
    const target = this.#anchors.get(node.source)
    if (target === undefined || this.#open.has(node.source)) {
      const message = `the alias *${node.source} names no earlier anchor`
      throw new LimitReached(message, 'an anchor that is complete before the alias', offset)
    }
    this.#aliasDepth++
    const converted = this.convert(target, depth)
    this.#aliasDepth--
    return converted
  }

  #scalar(value: unknown, source: string | undefined, offset: number): ScalarNode {
    if (typeof value === 'string') {
      const { maxScalarChars } = this.#limits
      if (value.length > maxScalarChars) {
        throw new LimitReached('a text is too long', `${maxScalarChars} characters`, offset)
      }
      return { kind: 'scalar', value, text: value, offset }
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return { kind: 'scalar', value, text: source ?? String(value), offset }
    }
    const allowed = 'text, number, true, false or nothing'
    throw new LimitReached('a kind of scalar that is not used here', allowed, offset)
  }

  #list(items: readonly Node[], depth: number, offset: number): ListNode {
    return { kind: 'list', items: items.map((item) => this.convert(item, depth + 1)), offset }
  }

  #mapping(
    pairs: readonly { readonly key: Node; readonly value: Node | null }[],
    depth: number,
    offset: number,
  ): MappingNode {
    const builder = new MappingBuilder(this.doubled)
    const merged: MappingNode[] = []
    for (const { key, value } of pairs) {
      const keyNode = this.convert(key, depth + 1)
      if (keyNode.kind !== 'scalar') {
        throw new LimitReached('a key that is not a text', 'texts as keys', keyNode.offset)
      }
      const child = this.#pairValue(value, depth, keyNode.offset)
      const toMerge = keyNode.text === '<<' ? mappingsOf(child) : undefined
      if (toMerge === undefined) builder.add(keyNode.text, keyNode.offset, child)
      else merged.push(...toMerge)
    }
    // Keys of the mapping itself come before merged ones.
    for (const mapping of merged) builder.addMissing(mapping)
    return builder.finish(offset)
  }

  #pairValue(value: Node | null, depth: number, keyOffset: number): YamlNode {
    if (value !== null) return this.convert(value, depth + 1)
    return { kind: 'scalar', value: null, text: '', offset: keyOffset }
  }
}

/** The mappings that a merge key brings; `undefined` when its value is something else. */
function mappingsOf(node: YamlNode): readonly MappingNode[] | undefined {
  if (node.kind === 'mapping') return [node]
  if (node.kind !== 'list' || node.items.length === 0) return undefined
  const mappings = node.items.filter((item) => item.kind === 'mapping')
  return mappings.length === node.items.length ? mappings : undefined
}
