import { MontageError } from '../errors.ts'

/** Levels in the table of a histogram file. */
const LEVEL_COUNT = 256

/**
 * The 256 pixel values of the block `Stretch Lookup` of a histogram file, as mHistogram writes it.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE`
 */
export function readLookup(text: string, path: string): Float64Array {
  const lines = text.split(/\r?\n/)
  const head = lines.findIndex((line) => /^Stretch Lookup/.test(line))
  const levels = new Float64Array(LEVEL_COUNT)
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const [index, value] = head < 0 ? [] : (lines[head + 1 + level] ?? '').trim().split(/\s+/)
    const number = Number(value)
    if (index !== String(level) || value === undefined || !Number.isFinite(number))
      throw new MontageError('MONTAGE_BAD_TABLE', `Invalid histogram file ${path}`, {
        where: head < 0 ? [path] : [path, `line ${head + 2 + level}`],
        found: head < 0 ? 'no line "Stretch Lookup"' : `no value for level ${level}`,
        remedy: 'make the file with mHistogram',
      })
    levels[level] = number
  }
  return levels
}
