const VARIABLE = /\$\{([a-z_][a-z0-9_]*)(?::(\d{1,2}))?\}/y

/**
 * Values of the variables of a file name: `${x}` stands for any text, as short as the rest lets, `${x:8}` for eight digits. Undefined when the
 * name does not fit.
 */
export function matchFilename(pattern: string, name: string): ReadonlyMap<string, string> | undefined {
  return match(partsOf(pattern), 0, name, 0)
}

type Part = string | { readonly name: string; readonly digits: number | undefined }

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = []
  let text = ''
  for (let at = 0; at < pattern.length; ) {
    VARIABLE.lastIndex = at
    const [whole, name, digits] = VARIABLE.exec(pattern) ?? []
    if (whole === undefined || name === undefined) {
      text += pattern.charAt(at)
      at++
      continue
    }
    if (text !== '') parts.push(text)
    text = ''
    parts.push({ name, digits: digits === undefined ? undefined : Number(digits) })
    at += whole.length
  }
  if (text !== '') parts.push(text)
  return parts
}

/** Tries ends of a variable from short to long; names are short, so this stays quick. */
function match(
  parts: readonly Part[],
  part: number,
  name: string,
  at: number,
): ReadonlyMap<string, string> | undefined {
  const now = parts[part]
  if (now === undefined) return at === name.length ? new Map() : undefined
  if (typeof now === 'string')
    return name.startsWith(now, at) ? match(parts, part + 1, name, at + now.length) : undefined
  const first = now.digits ?? 1
  const last = now.digits ?? name.length - at
  for (let count = first; count <= last; count++) {
    const value = name.slice(at, at + count)
    if (value.length < count || (now.digits !== undefined && !/^\d+$/.test(value))) return undefined
    const rest = match(parts, part + 1, name, at + count)
    if (rest !== undefined) return new Map([[now.name, value], ...rest])
  }
  return undefined
}
