import { RegistryError, type ReplicaRow } from '@skyloom/registry'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { filesAt, placesOf, registryOf } from './registry-open.ts'

/** Flags of `skyloom registry forget`. */
export interface ForgetFlags extends RegistryFlags {
  readonly site?: string
  readonly dryRun?: boolean
}

/** `skyloom registry forget`: what files are and come from stays, only the places go. */
export async function registryForget(names: readonly string[], flags: ForgetFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const copies: ReplicaRow[] = []
  for (const name of names) {
    const places = new Set(placesOf(name))
    const before = copies.length
    for (const { id } of await filesAt(registry, name)) {
      const { replicas } = await registry.files.get(id)
      for (const { site, pfn } of replicas) {
        if (places.has(pfn) && (flags.site ?? site) === site) copies.push({ fileId: id, site, pfn })
      }
    }
    if (copies.length > before) continue
    throw new RegistryError('REGISTRY_NOT_FOUND', 'no copy is registered at this place', {
      where: [registry.location],
      found: name,
      remedy: 'skyloom registry show NAME lists the copies of a file',
    })
  }
  if (flags.dryRun !== true) await registry.files.removeReplicas(copies)
  if (flags.json === true) printJson({ registry: registry.location, copies, isDryRun: flags.dryRun === true })
  else {
    for (const { site, pfn } of copies) process.stdout.write(`${site}  ${pfn}\n`)
    const verb = flags.dryRun === true ? 'would be forgotten' : 'forgotten'
    process.stdout.write(`${counted(copies.length, 'copy', 'copies')} ${verb}\n`)
  }
  return EXIT.done
}
