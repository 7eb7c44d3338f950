/** One option as it was given. */
export interface GivenOption {
  readonly name: string
  /** Undefined for options without a value; the first value of options with several. */
  readonly value: string | undefined
  /** All values of an option that takes several. */
  readonly values?: readonly string[]
}

/** The arguments of a command, taken apart. */
export interface ReadArguments {
  readonly options: readonly GivenOption[]
  readonly operands: readonly string[]
  /** The first argument that is no option of the command or lacks its value. */
  readonly badOption: string | undefined
}

/**
 * Reads arguments as getopt of the GNU C library does: options may be bundled (`-nd 3`), values attached (`-p.5`) or
 * separate, operands may stand before options, `--` ends the options.
 *
 * @param letters option letters; a colon behind a letter means that it takes a value (`dh:s:`)
 */
export function readGetopt(args: readonly string[], letters: string): ReadArguments {
  const options: GivenOption[] = []
  const operands: string[] = []
  let badOption: string | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (word === '--') {
      operands.push(...args.slice(at + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    for (let i = 1; i < word.length; i++) {
      const name = word.charAt(i)
      const place = name === ':' ? -1 : letters.indexOf(name)
      if (place < 0) {
        badOption ??= `-${name}`
        continue
      }
      if (letters.charAt(place + 1) !== ':') {
        options.push({ name, value: undefined })
        continue
      }
      const attached = word.slice(i + 1)
      const value = attached === '' ? args[++at] : attached
      if (value === undefined) badOption ??= `-${name}`
      else options.push({ name, value })
      break
    }
  }
  return { options, operands, badOption }
}

/**
 * Reads arguments as those modules do that look at them one by one: options first, of one or more letters, each a word of its own,
 * values separate; the first word that is no option begins the operands, which may be negative numbers.
 *
 * @param names option names without the dash; a colon behind a name means that it takes a value (`['t', 'd:', 'min:']`), with a number
 *   that it takes so many (`bar:5`)
 */
export function readLeading(args: readonly string[], names: readonly string[]): ReadArguments {
  const options: GivenOption[] = []
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at] ?? ''
    if (!word.startsWith('-') || word === '-' || /^-(?:\d|\.\d)/.test(word)) break
    const name = word.slice(1)
    const count = valueCount(names, name)
    const values = args.slice(at + 1, at + 1 + (count ?? 0))
    if (count === undefined || values.length < count)
      return { options, operands: args.slice(at + 1), badOption: word }
    options.push(count > 1 ? { name, value: values[0], values } : { name, value: values[0] })
    at += count
  }
  return { options, operands: args.slice(at), badOption: undefined }
}

/** Number of values of an option; undefined for an unknown one. */
function valueCount(names: readonly string[], name: string): number | undefined {
  const entry = names.find((one) => one.split(':')[0] === name)
  if (entry === undefined) return undefined
  return entry.endsWith(':') ? 1 : Number(entry.split(':')[1] ?? 0)
}
