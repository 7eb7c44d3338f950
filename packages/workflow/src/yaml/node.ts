/** Scalar of a document. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: null | boolean | number | string
  /** The text of the scalar as the file spelled it, without quotes; `5.0` stays `5.0`. */
  readonly text: string
  readonly offset: number
}

/** Sequence of a document. */
export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly offset: number
}

/** Mapping of a document: keys and values in parallel, in the order of the file; keys are unique. */
export interface MappingNode {
  readonly kind: 'mapping'
  readonly keys: readonly string[]
  readonly keyOffsets: readonly number[]
  readonly values: readonly YamlNode[]
  readonly offset: number
}

/** Sequence whose items were given to an item reader while the document was read; they are not kept. */
export interface StreamedNode {
  readonly kind: 'streamed'
  readonly itemCount: number
  readonly offset: number
}

/** A node of a YAML or JSON document with the place where it begins. */
export type YamlNode = ScalarNode | ListNode | MappingNode | StreamedNode

/** Bounds on documents that come from elsewhere. */
export interface YamlLimits {
  /** Longest text, UTF-16 units. Default 512 Mi, the longest string of the engine. */
  readonly maxChars: number
  /** Longest text with YAML beyond the usual (anchors, tags, block texts), UTF-16 units. Default 16 Mi. */
  readonly maxUnusualChars: number
  /** Longest scalar, UTF-16 units. Default 1 Mi. */
  readonly maxScalarChars: number
  /** Deepest nesting. Default 64. */
  readonly maxDepth: number
  /** Most nodes that aliases may add. Default 100,000. */
  readonly maxAliasNodes: number
}

/** Bounds used when none are given. */
export const DEFAULT_YAML_LIMITS: YamlLimits = {
  maxChars: 2 ** 29,
  maxUnusualChars: 2 ** 24,
  maxScalarChars: 2 ** 20,
  maxDepth: 64,
  maxAliasNodes: 100_000,
}

/** Word for what a node is, for messages. */
export function describeNode(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'mapping' ? 'a mapping' : 'a list'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return node.value === '' ? 'an empty text' : node.value
  return node.text
}

/** Takes the items of the list under a key of the root while the document is read, so that they need not be kept. */
export type ItemReader = (item: YamlNode, index: number) => void

/** Value of a key, `undefined` when absent. */
export function valueOf(node: MappingNode, key: string): YamlNode | undefined {
  const at = node.keys.indexOf(key)
  return at < 0 ? undefined : node.values[at]
}
