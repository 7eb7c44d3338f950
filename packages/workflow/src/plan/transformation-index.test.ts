import { expect, test } from 'vitest'
import { site, transformation } from '../../test/small-request.ts'
import type { Site } from '../model/site-catalog.ts'
import type { TransformationSite } from '../model/transformation-catalog.ts'
import { PlanProblems } from './problem.ts'
import { resolveSettings } from './settings.ts'
import { indexSites, type PlanSite } from './site-index.ts'
import { platformFits, usableEntries } from './transformation-index.ts'

function planSite(name: string, platform: Partial<Site> = {}): PlanSite {
  const problems = new PlanProblems()
  const settings = resolveSettings('w', { sites: [name] }, undefined, problems)
  const catalog = { pegasus: '5.0.4', sites: [{ ...site(name, {}), ...platform }], extensions: [] }
  const found = indexSites([catalog], settings, problems).get(name)
  if (found === undefined) throw new Error(name)
  return found
}

function entry(
  name: string,
  type: TransformationSite['type'],
  platform: Partial<TransformationSite> = {},
): TransformationSite {
  return { name, pfn: `/x/${name}`, type, profiles: [], metadata: [], extensions: [], ...platform }
}

test('an executable fits where nothing contradicts', () => {
  const pool = planSite('pool', { arch: 'x86_64', osType: 'linux' })
  expect(platformFits(entry('pool', 'installed'), pool)).toBe(true)
  expect(platformFits(entry('pool', 'installed', { arch: 'amd64' }), pool)).toBe(true)
  expect(platformFits(entry('pool', 'installed', { arch: 'aarch64' }), pool)).toBe(false)
  expect(platformFits(entry('pool', 'installed', { osType: 'macosx' }), pool)).toBe(false)
  expect(platformFits(entry('pool', 'installed', { osRelease: 'ubuntu' }), pool)).toBe(true)
})

test('installed entries come first, then stageable ones of the site, of the submit host, of others', () => {
  const work = {
    ...transformation('work@pool'),
    sites: [
      entry('far', 'stageable'),
      entry('local', 'stageable'),
      entry('pool', 'stageable'),
      entry('far', 'installed'),
      entry('pool', 'installed'),
    ],
  }
  const pool = planSite('pool')
  const labels = (selector: Parameters<typeof usableEntries>[2]): readonly string[] =>
    usableEntries(work, pool, selector).map(({ name, type }) => `${type} ${name}`)
  expect(labels('Random')).toEqual(['installed pool', 'stageable pool', 'stageable local', 'stageable far'])
  expect(labels('Installed')).toEqual(['installed pool'])
  expect(labels('Staged')).toEqual(['stageable pool', 'stageable local', 'stageable far'])
  expect(labels('Submit')).toEqual(['stageable local'])
})
