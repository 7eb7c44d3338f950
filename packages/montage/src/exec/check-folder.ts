import { fileFacts } from '@skyloom/base/node'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * Demands that a folder stands under this path.
 *
 * @throws MontageError `MONTAGE_NO_FILE`
 */
export async function checkFolder(folder: string, place: Place): Promise<void> {
  const facts = await fileFacts(pathOf(place, folder)).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_NO_FILE', `Cannot access ${folder}`, {
      where: [folder],
      remedy: 'make the folder first',
      cause,
    })
  })
  if (facts.kind !== 'folder')
    throw new MontageError('MONTAGE_NO_FILE', `${folder} is not a directory`, { where: [folder] })
}
