import type { ScalarNode } from './node.ts'

/** Value of a plain scalar by the core schema of YAML 1.2. */
export function resolvePlain(text: string): ScalarNode['value'] {
  const first = text.charCodeAt(0)
  // Digits, sign, dot: maybe a number. 48-57 are 0-9, 43 +, 45 -, 46 dot.
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) return resolveNumber(text)
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null
    case 'true':
    case 'True':
    case 'TRUE':
      return true
    case 'false':
    case 'False':
    case 'FALSE':
      return false
    default:
      return text
  }
}

const DECIMAL = /^[-+]?(?:\d+|(?:\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)$/

function resolveNumber(text: string): number | string {
  if (DECIMAL.test(text)) return Number(text)
  if (/^0o[0-7]+$/.test(text) || /^0x[\da-fA-F]+$/.test(text)) return Number(text)
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) {
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : text
}
