import type { PlainValue } from '../../model/plain.ts'
import type { Profile } from '../../model/profile.ts'
import type { LossList } from '../imported.ts'
import { evaluate, type Scope, valueText } from './references.ts'
import { asList, asMap, asText, type CwlValue, entriesOf, type PlainMap } from './values.ts'

/** Requirements and hints by class; those of the inner thing win. */
export type Requirements = ReadonlyMap<string, PlainMap>

/** Requirements of a thing on top of those of what surrounds it. */
export function mergeRequirements(outer: Requirements, thing: PlainMap): Requirements {
  const merged = new Map(outer)
  for (const key of ['hints', 'requirements']) {
    for (const entry of entriesOf(thing.get(key), 'class', 'class'))
      merged.set(asText(entry.get('class')) ?? '', entry)
  }
  return merged
}

/** Requirements that need no counterpart: what they allow is done while importing. */
const SILENT = new Set([
  'SubworkflowFeatureRequirement',
  'ScatterFeatureRequirement',
  'MultipleInputFeatureRequirement',
  'StepInputExpressionRequirement',
  'InlineJavascriptRequirement',
  'DockerRequirement',
  'ResourceRequirement',
  'EnvVarRequirement',
])

/** Resources and environment as profiles; what has no profile is listed. */
export function requirementProfiles(
  requirements: Requirements,
  scope: Scope,
  where: string,
  losses: LossList,
): readonly Profile[] {
  const profiles: Profile[] = []
  const resources = requirements.get('ResourceRequirement')
  if (resources !== undefined) addResources(resources, scope, where, losses, profiles)
  for (const entry of entriesOf(
    requirements.get('EnvVarRequirement')?.get('envDef'),
    'envName',
    'envValue',
  )) {
    const key = asText(entry.get('envName'))
    const value = entry.get('envValue')
    if (key !== undefined && value !== undefined) {
      profiles.push({ namespace: 'env', key, value: valueText(evaluate(scalarText(value), scope)) })
    }
  }
  for (const name of requirements.keys()) if (!SILENT.has(name)) losses.add(`requirement ${name}`, where)
  return profiles
}

/** Profile of a resource and the factor from the unit of CWL. CWL counts in mebibytes, like the profiles. */
const RESOURCES = new Map([
  ['coresMin', 'cores'],
  ['ramMin', 'memory'],
])

function addResources(
  resources: PlainMap,
  scope: Scope,
  where: string,
  losses: LossList,
  profiles: Profile[],
): void {
  let diskMb = 0
  for (const [key, written] of resources) {
    const value = typeof written === 'string' ? evaluate(written, scope) : written
    const key2 = RESOURCES.get(key)
    if (key === 'class') continue
    if (typeof value !== 'number') losses.add(`value of ${key}`, where)
    else if (key2 !== undefined)
      profiles.push({ namespace: 'pegasus', key: key2, value: String(Math.ceil(value)) })
    else if (key === 'outdirMin' || key === 'tmpdirMin') diskMb += value
    else losses.add(`resource ${key}`, where)
  }
  if (diskMb > 0) profiles.push({ namespace: 'pegasus', key: 'diskspace', value: String(Math.ceil(diskMb)) })
}

function scalarText(value: PlainValue): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

/** Values under `runtime` of references. */
export function runtimeScope(requirements: Requirements): ReadonlyMap<string, CwlValue> {
  const resources = asMap(requirements.get('ResourceRequirement'))
  const number = (key: string, fallback: number): number => {
    const value = resources.get(key)
    return typeof value === 'number' ? Math.ceil(value) : fallback
  }
  // The defaults are those of CWL v1.2, section ResourceRequirement.
  return new Map<string, CwlValue>([
    ['outdir', '.'],
    ['tmpdir', '.'],
    ['cores', number('coresMin', 1)],
    ['ram', number('ramMin', 256)],
    ['outdirSize', number('outdirMin', 1024)],
    ['tmpdirSize', number('tmpdirMin', 1024)],
  ])
}

/** Image of the container, as a URL; `undefined` without container. */
export function containerImage(requirements: Requirements): string | undefined {
  const docker = requirements.get('DockerRequirement')
  const image = asText(docker?.get('dockerPull')) ?? asText(docker?.get('dockerImageId'))
  if (image !== undefined) return `docker:///${image}`
  return asText(docker?.get('dockerLoad')) ?? asText(docker?.get('dockerImport'))
}

/** Patterns of secondary files: `.bai` is added to the name, each `^` first removes one extension. */
export function secondaryNames(lfn: string, patterns: PlainValue | undefined): readonly string[] {
  const texts = asList(patterns).map((entry) => asText(entry) ?? asText(asMap(entry).get('pattern')) ?? '')
  return texts
    .filter((text) => text !== '' && !text.includes('$'))
    .map((text) => {
      let name = lfn
      let suffix = text.replace(/\?$/, '')
      while (suffix.startsWith('^')) {
        suffix = suffix.slice(1)
        name = name.replace(/\.[^./]*$/, '')
      }
      return `${name}${suffix}`
    })
}
