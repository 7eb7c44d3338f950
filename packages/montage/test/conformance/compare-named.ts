import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Comparison, comparePrinted, readPrinted } from './compare-text.ts'

/** Image tables of a chain in the order in which one that is there gives the names of counters. */
const NAME_TABLES = ['p.tbl', 'pimages.tbl']

/**
 * Compares tables whose rows and counters follow the order of a folder, which differs from machine to machine: image tables by
 * file name, tables of pairs and of corrections with file names in place of counters. A pair whose images changed places has a fit of
 * opposite sign.
 *
 * @param path of the table in both folders
 */
export function compareNamed(path: string, foundFolder: string, expectedFolder: string): Comparison {
  return comparePrinted(named(path, foundFolder), named(path, expectedFolder))
}

function named(path: string, folder: string): string {
  const lines = readPrinted(join(folder, path)).trimEnd().split('\n')
  const heads = lines.filter((line) => /^[|\\]/.test(line))
  const rows = lines.slice(heads.length).map((line) => line.trim().split(/\s+/))
  const columns = (heads.find((line) => line.startsWith('|')) ?? '').split('|').map((name) => name.trim())
  const names = countedNames(folder)
  const own = rows.map((row) => namedRow(row, columns, names)).sort()
  // Names of image tables are padded to the longest one; so are those of pairs.
  return [...heads, ...own].join('\n')
}

function namedRow(
  row: readonly string[],
  columns: readonly string[],
  names: ReadonlyMap<string, string>,
): string {
  const nameOf = (counter: string | undefined): string => names.get(counter ?? '') ?? counter ?? ''
  if (columns.includes('cntr')) return [row.at(-1), ...row.slice(1)].join(' ')
  if (columns.includes('id')) return [nameOf(row[0]), ...row.slice(1)].join(' ')
  if (columns.includes('diff')) return [row[2], row[3]].sort().join(' ')
  if (columns.includes('boxang')) {
    const [plus, minus] = [nameOf(row[0]), nameOf(row[1])]
    const plane = row.slice(2, 5)
    const rest = row.slice(5)
    return plus < minus
      ? [plus, minus, ...plane, ...rest].join(' ')
      : [minus, plus, ...plane.map(negated), ...rest].join(' ')
  }
  return row.join(' ')
}

function negated(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}

/** File names of the images of a chain by their counters. */
function countedNames(folder: string): ReadonlyMap<string, string> {
  const table = NAME_TABLES.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (table === undefined) return new Map()
  const rows = readFileSync(table, 'latin1')
    .split('\n')
    .filter((line) => /^ +\d/.test(line))
  return new Map(
    rows.map((line) => {
      const words = line.trim().split(/\s+/)
      return [words[0] ?? '', words.at(-1) ?? '']
    }),
  )
}
