import { parseSkyLocation, type SkyPosition } from '@skyloom/wcs'
import { KNOWN_OBJECTS } from './known-objects.ts'

/** A well-known object. */
export interface KnownObject {
  /** Designation that it is best known by: `M42`. */
  readonly name: string
  /** Other designations and names. */
  readonly otherNames: readonly string[]
  /** J2000. */
  readonly position: SkyPosition
}

let byName: ReadonlyMap<string, KnownObject> | undefined

/**
 * A well-known object by any of its names, whatever their case and blanks: `M 42`, `messier 42`, `ngc1976`, `orion nebula`.
 *
 * @returns undefined for names that are not in the bundled list
 */
export function findKnownObject(name: string): KnownObject | undefined {
  byName ??= objectsByName()
  return byName.get(nameKey(name))
}

/** All bundled objects. */
export function knownObjects(): readonly KnownObject[] {
  byName ??= objectsByName()
  return [...new Set(byName.values())]
}

function objectsByName(): ReadonlyMap<string, KnownObject> {
  const objects = new Map<string, KnownObject>()
  for (const line of KNOWN_OBJECTS.trim().split('\n')) {
    const [designations = '', ra = '', dec = '', common = ''] = line.split('|')
    const names = [designations, common].flatMap((text) => text.split(', ')).filter((name) => name !== '')
    const [name = '', ...otherNames] = names
    const position = parseSkyLocation(`${ra} ${dec}`)?.position
    if (position === undefined) throw new Error(`bundled object ${name} has no position`)
    const object = { name, otherNames, position }
    for (const each of names) objects.set(nameKey(each), object)
  }
  return objects
}

function nameKey(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9+]/g, '')
    .replace(/^MESSIER(?=\d)/, 'M')
    .replace(/^(M|NGC|IC)0+(?=\d)/, '$1')
}
