import { resolve } from 'node:path'
import { fileFacts, readFileText, writeFileAtomic } from '@skyloom/base/node'
import { MontageError } from '../errors.ts'
import type { Place } from './module.ts'

/** Templates and tables beyond this size are refused before they are read: 1 GiB. */
const MAX_TEXT_BYTES = 2 ** 30

/** A path of a module's arguments. */
export function pathOf(place: Place, path: string): string {
  return resolve(place.cwd ?? '.', path)
}

/** True when something stands under this path. */
export async function pathExists(place: Place, path: string): Promise<boolean> {
  return await fileFacts(pathOf(place, path)).then(
    () => true,
    () => false,
  )
}

/**
 * A text file, decoded as Latin-1 so that no byte is lost.
 *
 * @param problem the sentence of the error; the path is put behind it when it does not name the file
 * @throws MontageError `MONTAGE_NO_FILE`
 */
export async function readText(place: Place, path: string, problem: string): Promise<string> {
  try {
    const { sizeBytes } = await fileFacts(pathOf(place, path))
    if (sizeBytes > MAX_TEXT_BYTES) throw new Error(`${sizeBytes} bytes are more than ${MAX_TEXT_BYTES}`)
    return await readFileText(pathOf(place, path), 'latin1')
  } catch (cause) {
    throw new MontageError('MONTAGE_NO_FILE', naming(problem, path), {
      where: [path],
      remedy: 'check the path of the file',
      cause,
    })
  }
}

/**
 * Writes a text file; it appears under its name only when it is complete.
 *
 * @param problem the sentence of the error; the path is put behind it when it does not name the file
 * @throws MontageError `MONTAGE_CANNOT_WRITE`
 */
export async function writeText(place: Place, path: string, text: string, problem: string): Promise<void> {
  try {
    await writeFileAtomic(pathOf(place, path), Uint8Array.from(Buffer.from(text, 'latin1')), {
      overwrite: true,
    })
  } catch (cause) {
    throw new MontageError('MONTAGE_CANNOT_WRITE', naming(problem, path), {
      where: [path],
      remedy: 'check that the folder exists and may be written to',
      cause,
    })
  }
}

/** A sentence with the file behind it when it does not name it. */
export function naming(problem: string, path: string): string {
  return problem.includes(path) ? problem : `${problem.replace(/\.$/, '')}: ${path}`
}
