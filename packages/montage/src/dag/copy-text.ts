import { pathOf, readText, writeText } from '../command/files.ts'
import type { Place } from '../command/module.ts'

/** Copies a text file; one that stands there already is left alone. @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_CANNOT_WRITE` */
export async function copyText(from: string, to: string, place: Place): Promise<void> {
  if (pathOf(place, from) === pathOf(place, to)) return
  const text = await readText(place, from, `File ${from} not found.`)
  await writeText(place, to, text, `Cannot write ${to}`)
}
