import { nearMiss } from '../problem/near-miss.ts'
import { describeNode, type YamlNode } from '../yaml/node.ts'
import type { ReadContext } from './context.ts'
import type { Schema } from './schema.ts'

/** What a {@link text} must look like. */
export interface TextOptions {
  /** What the text is, for messages: `a job id`. */
  readonly noun?: string
  readonly pattern?: RegExp
  /** The pattern in words: `letters, digits, - and _`. */
  readonly allowed?: string
  /** An empty text is refused unless true. */
  readonly mayBeEmpty?: boolean
}

/** A text; numbers count as the text they were written with. Equal texts become one object. */
export function text(options: TextOptions = {}): Schema<string> {
  const { noun = 'text', pattern, allowed, mayBeEmpty = false } = options
  return {
    read(node, context) {
      const written = scalarText(node, context, `${noun} is expected`)
      if (written === undefined) return undefined
      const value = context.expand(written, node)
      if ((value === '' && !mayBeEmpty) || (pattern !== undefined && !pattern.test(value))) {
        context.report('BAD_VALUE', `this is not ${noun}`, node, {
          found: value,
          allowed: allowed ?? 'a text that is not empty',
        })
        return undefined
      }
      return value
    },
    json: {
      type: ['string', 'number'],
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
      ...(mayBeEmpty ? {} : { minLength: 1 }),
    },
  }
}

function scalarText(node: YamlNode, context: ReadContext, message: string): string | undefined {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') return node.value
    if (typeof node.value === 'number') return node.text
  }
  const isWord = node.kind === 'scalar' && node.value !== null
  context.report('WRONG_TYPE', message, node, {
    found: describeNode(node),
    allowed: 'text or number',
    ...(isWord ? { suggestion: `write "${node.text}" with quotes` } : {}),
  })
  return undefined
}

/** One of a list of words. A near miss is suggested. */
export function oneOf<const T extends string>(
  noun: string,
  words: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Schema<T> {
  const known = new Map<string, T>(words.map((word) => [word, word]))
  for (const [alias, word] of Object.entries(aliases)) known.set(alias, word)
  return {
    read(node, context) {
      const found = node.kind === 'scalar' ? node.text : undefined
      const word = found === undefined ? undefined : known.get(found)
      if (word !== undefined) return word
      const near = found === undefined ? undefined : nearMiss(found, known.keys())
      context.report(found === undefined ? 'WRONG_TYPE' : 'UNKNOWN_VALUE', `unknown ${noun}`, node, {
        found: describeNode(node),
        allowed: words.join(', '),
        ...(near === undefined ? {} : { suggestion: `did you mean ${near}` }),
      })
      return undefined
    },
    json: { enum: [...known.keys()] },
  }
}

/** `true` or `false`; the words `yes`, `no`, `on`, `off` of YAML 1.1 are understood. */
export function flag(): Schema<boolean> {
  const words = new Map([
    ['yes', true],
    ['on', true],
    ['no', false],
    ['off', false],
  ])
  return {
    read(node, context) {
      if (node.kind === 'scalar') {
        if (typeof node.value === 'boolean') return node.value
        const word = words.get(node.text.toLowerCase())
        if (word !== undefined) return word
      }
      const isQuoted = node.kind === 'scalar' && (node.text === 'true' || node.text === 'false')
      context.report('WRONG_TYPE', 'true or false is expected', node, {
        found: describeNode(node),
        allowed: 'true, false',
        ...(isQuoted ? { suggestion: `write ${node.text} without quotes` } : {}),
      })
      return undefined
    },
    json: { type: 'boolean' },
  }
}

/** A number at or above `least`; a text with a number counts. */
export function numeric(noun: string, least = 0, isWhole = false): Schema<number> {
  return {
    read(node, context) {
      const value = node.kind === 'scalar' && /^[-+.\deE]+$/.test(node.text) ? Number(node.text) : Number.NaN
      if (Number.isFinite(value) && value >= least && (!isWhole || Number.isSafeInteger(value))) return value
      context.report('WRONG_TYPE', `${noun} is expected`, node, {
        found: describeNode(node),
        allowed: `a ${isWhole ? 'whole ' : ''}number from ${least}`,
      })
      return undefined
    },
    json: { anyOf: [{ type: isWhole ? 'integer' : 'number', minimum: least }, { type: 'string' }] },
  }
}
