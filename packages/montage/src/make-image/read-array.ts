import { readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * Rows of numbers from a text file, the lowest row of the image first. A line may be shorter than a row; the rest of the row stays.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE` for a word that is no number, for a line or a file that is too long
 */
export async function readArray(
  path: string,
  size: { readonly width: number; readonly height: number },
  place: Place,
): Promise<readonly Float64Array[]> {
  const text = await readText(place, path, `Cannot open array file ${path}`)
  const lines = text.split(/\r?\n/)
  while (lines.at(-1)?.trim() === '') lines.pop()
  const bad = (line: number, found: string, allowed: string): MontageError =>
    new MontageError('MONTAGE_BAD_TABLE', `Invalid array file ${path}`, {
      where: [path, `line ${line}`],
      found,
      allowed,
    })
  if (lines.length > size.height) throw bad(size.height + 1, `${lines.length} lines`, `${size.height} lines`)
  return lines.map((line, index) => {
    const words = line.trim() === '' ? [] : line.trim().split(/\s+/)
    if (words.length > size.width) throw bad(index + 1, `${words.length} numbers`, `${size.width} numbers`)
    return Float64Array.from(words, (word) => {
      const value = /^nan$/i.test(word) ? Number.NaN : Number(word)
      if (Number.isNaN(value) && !/^nan$/i.test(word)) throw bad(index + 1, word, 'numbers or nan')
      return value
    })
  })
}
