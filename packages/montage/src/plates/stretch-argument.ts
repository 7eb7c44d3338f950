import { MontageError } from '../errors.ts'

/** Range and curve of a picture in one argument: `-1s max gaussian-log`. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function stretchArgument(text: string): readonly string[] {
  const words = text.trim().split(/\s+/)
  if (words.length >= 2 && words.length <= 4) return words
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Stretch (${text}) must be: min max [mode [beta]]`, {
    found: text,
  })
}
