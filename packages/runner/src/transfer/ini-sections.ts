/** Sections of a file of settings (`[name]`, then `key = value` lines), as AWS and Pegasus keep credentials. Keys are in lower case. */
export function iniSections(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*(.*?)\s*\]\s*(?:[#;].*)?$/.exec(line)?.[1]
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>()
      sections.set(name, section)
      continue
    }
    // Indented lines are nested settings of AWS, which nobody here reads.
    const [, key, value] = /^([^\s#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) section.set(key.toLowerCase(), value)
  }
  return sections
}
