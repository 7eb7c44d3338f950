import type { MontageUserField } from '@skyloom/fits/tables'
import { readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

const MAX_WIDTH = 1000

/**
 * Reads a list of further header keywords, one a line: name, type, width. A column is at least as wide as its name.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_ARGUMENT`
 */
export async function readFieldList(place: Place, path: string): Promise<readonly MontageUserField[]> {
  const text = await readText(place, path, `Cannot open field list file: ${path}`)
  return text.split('\n').flatMap((line, index) => {
    const [name = '', type = '', width = ''] = line.trim().split(/[\s,]+/)
    if (name === '') return []
    const bad = (what: string): MontageError =>
      new MontageError('MONTAGE_BAD_ARGUMENT', `Illegal field ${what} (line ${index + 1})`, { where: [path] })
    if (/[|]/.test(name)) throw bad('name')
    if (!/^[A-Za-z]+$/.test(type)) throw bad('type')
    const given = Math.trunc(Number(width === '' ? 0 : width))
    if (!(given >= 0 && given <= MAX_WIDTH)) throw bad('width')
    return [{ name: name.toLowerCase(), type, width: Math.max(given, name.length) }]
  })
}
