import { type CwlFile, type CwlValue, isFile, isList, isMapping, isUnknown } from './values.ts'

/** What references can name. */
export interface Scope {
  readonly inputs: ReadonlyMap<string, CwlValue>
  readonly self: CwlValue
  readonly runtime: ReadonlyMap<string, CwlValue>
}

/** Thrown for what needs JavaScript or names nothing. */
export class ReferenceError extends Error {
  override readonly name = 'ReferenceError'
}

const SYMBOL = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`
const REFERENCE = new RegExp(String.raw`\$\((${SYMBOL})((?:\.${SYMBOL}|\[(?:\d+|'[^']*'|"[^"]*")\])*)\)`, 'u')
const STEP = new RegExp(String.raw`\.(${SYMBOL})|\[(?:(\d+)|'([^']*)'|"([^"]*)")\]`, 'gu')

/**
 * A text with its parameter references (`$(inputs.x.basename)`) replaced. A text that is one reference gives its
 * value with its type.
 *
 * @throws {ReferenceError} for JavaScript, and for references that name nothing
 */
export function evaluate(text: string, scope: Scope): CwlValue {
  const trimmed = text.trim()
  const whole = REFERENCE.exec(trimmed)
  if (whole !== null && whole[0] === trimmed) return lookUp(whole[1] ?? '', whole[2] ?? '', scope)
  let out = ''
  let rest = text
  for (;;) {
    const at = rest.search(/\\\$[({]|\$[({]/)
    if (at < 0) return out + rest
    out += rest.slice(0, at)
    rest = rest.slice(at)
    if (rest.startsWith('\\')) {
      out += rest.slice(1, 3)
      rest = rest.slice(3)
      continue
    }
    const match = REFERENCE.exec(rest)
    if (match?.index !== 0) throw new ReferenceError(`JavaScript is not run: ${rest.slice(0, 60)}`)
    out += valueText(lookUp(match[1] ?? '', match[2] ?? '', scope))
    rest = rest.slice(match[0].length)
  }
}

function lookUp(root: string, steps: string, scope: Scope): CwlValue {
  let value: CwlValue | undefined
  if (root === 'inputs') value = scope.inputs
  else if (root === 'self') value = scope.self
  else if (root === 'runtime') value = scope.runtime
  else if (root === 'null' && steps === '') return null
  else throw new ReferenceError(`JavaScript is not run: $(${root}${steps})`)
  for (const match of steps.matchAll(STEP)) {
    const index = match[2]
    const key = match[1] ?? match[3] ?? match[4] ?? ''
    value = index === undefined ? propertyOf(value, key) : itemOf(value, Number(index))
    if (value === undefined) throw new ReferenceError(`$(${root}${steps}) names nothing`)
    if (isUnknown(value)) return value
  }
  return value
}

function itemOf(value: CwlValue, index: number): CwlValue | undefined {
  return isList(value) ? value[index] : undefined
}

function propertyOf(value: CwlValue, key: string): CwlValue | undefined {
  if (isFile(value)) return fileProperty(value, key)
  if (isList(value)) return key === 'length' ? value.length : undefined
  return isMapping(value) ? (value.get(key) ?? null) : undefined
}

function fileProperty(file: CwlFile, key: string): CwlValue | undefined {
  const base = file.lfn.slice(file.lfn.lastIndexOf('/') + 1)
  // A dot at the start does not begin an extension.
  const dot = base.lastIndexOf('.')
  switch (key) {
    case 'basename':
      return base
    case 'nameroot':
      return dot > 0 ? base.slice(0, dot) : base
    case 'nameext':
      return dot > 0 ? base.slice(dot) : ''
    case 'path':
    case 'location':
      return file.lfn
    case 'dirname':
      return '.'
    case 'class':
      return 'File'
    case 'size':
      return file.sizeBytes
    case 'secondaryFiles':
      return file.secondaryFiles
    default:
      return undefined
  }
}

/** A value inside a text. */
export function valueText(value: CwlValue): string {
  if (isUnknown(value)) throw new ReferenceError(value.reason)
  if (isFile(value)) return value.lfn
  if (value === null) return 'null'
  if (isList(value) || isMapping(value))
    throw new ReferenceError('a list or record inside a text is not supported')
  return String(value)
}
