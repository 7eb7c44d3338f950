import { userInfo } from 'node:os'
import { RegistryError } from '@skyloom/registry'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson, textTable } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { fileMeant, registryOf } from './registry-open.ts'

/** Flags of `skyloom registry tag`. */
export interface MarkFlags extends RegistryFlags {
  readonly remove?: boolean
}

/** Flags of `skyloom registry quality`. */
export interface QualityFlags extends RegistryFlags {
  readonly level: 'error' | 'warning' | 'info'
  readonly author?: string
}

/** `skyloom registry tag` */
export async function registryTag(
  tag: string | undefined,
  names: readonly string[],
  flags: MarkFlags,
): Promise<number> {
  await using registry = await registryOf(flags)
  if (tag === undefined) {
    const tags = await registry.files.tags()
    if (flags.json === true) printJson({ tags })
    else
      process.stdout.write(
        textTable(
          ['tag', 'files'],
          tags.map((row) => [row.tag, String(row.files)]),
        ),
      )
    return EXIT.done
  }
  if (names.length === 0)
    throw new RegistryError('REGISTRY_BAD_OPTION', 'no file is named', { remedy: 'name files after the tag' })
  const ids = []
  for (const name of names) ids.push((await fileMeant(registry, name)).id)
  const { files } = registry
  const changed = flags.remove === true ? await files.untag(tag, ids) : await files.tag(tag, ids)
  if (flags.json === true) printJson({ tag, files: ids, changed })
  else
    process.stdout.write(
      `${tag}: ${flags.remove === true ? 'taken off' : 'put on'} ${counted(changed, 'file')}\n`,
    )
  return EXIT.done
}

/** `skyloom registry quality` */
export async function registryQuality(name: string, text: string, flags: QualityFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const { id } = await fileMeant(registry, name)
  const author = flags.author ?? userInfo().username
  await registry.files.addMessages([{ level: flags.level, text, fileId: id, author }])
  if (flags.json === true) printJson({ fileId: id, level: flags.level, text, author })
  else process.stdout.write(`${id}: ${flags.level} noted\n`)
  return EXIT.done
}
