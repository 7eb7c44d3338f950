import { expect, test } from 'vitest'
import type { PlanOptions } from './options.ts'
import { type PlanProblem, PlanProblems } from './problem.ts'
import { type PlanSettings, propertyProfiles, resolveSettings } from './settings.ts'

function settle(
  properties: Readonly<Record<string, string>>,
  options: PlanOptions = {},
): { readonly settings: PlanSettings; readonly problems: readonly PlanProblem[] } {
  const problems = new PlanProblems()
  const settings = resolveSettings('w', options, new Map(Object.entries(properties)), problems)
  return { settings, problems: problems.list() }
}

test('defaults are those of the reference', () => {
  const { settings, problems } = settle({})
  expect(problems).toEqual([])
  expect(settings).toMatchObject({
    dataConfiguration: 'condorio',
    siteSelector: 'Random',
    replicaSelector: 'Default',
    refiner: 'BalancedCluster',
    createDirStrategy: 'Minimal',
    storageMapper: 'Flat',
    cleanup: 'inplace',
    reuseScope: 'full',
    integrity: 'full',
    registers: true,
    basename: 'w-0',
  })
})

test('words of properties have no case, and options win', () => {
  expect(settle({ 'pegasus.data.configuration': 'SharedFS' }).settings.dataConfiguration).toBe('sharedfs')
  expect(settle({ 'pegasus.selector.site': 'heft' }).settings.siteSelector).toBe('Heft')
  const both = settle({ 'pegasus.data.configuration': 'sharedfs' }, { dataConfiguration: 'nonsharedfs' })
  expect(both.settings.dataConfiguration).toBe('nonsharedfs')
})

test('cleanup: option over property, none for sub-workflows unless deferred', () => {
  const strategy = { 'pegasus.file.cleanup.strategy': 'Leaf' }
  expect(settle(strategy).settings.cleanup).toBe('leaf')
  expect(settle(strategy, { cleanup: 'none' }).settings.cleanup).toBe('none')
  expect(settle(strategy, { isSubWorkflow: true }).settings.cleanup).toBe('none')
  const deferred = { ...strategy, 'pegasus.file.cleanup.scope': 'deferred' }
  expect(settle(deferred, { isSubWorkflow: true }).settings.cleanup).toBe('leaf')
})

test('force and modes', () => {
  expect(settle({}, { force: true }).settings.reuseScope).toBe('none')
  expect(settle({ 'pegasus.mode': 'development' }).settings.integrity).toBe('none')
})

test.each([
  ['pegasus.selector.site', 'HEFFT', 'did you mean Heft'],
  ['pegasus.register', 'maybe', undefined],
  ['pegasus.file.cleanup.clusters.size', '0', undefined],
])('%s = %s is a problem', (key, value, remedy) => {
  const { problems } = settle({ [key]: value })
  expect(problems).toMatchObject([{ code: 'BAD_PROPERTY', where: `property ${key}`, found: value }])
  if (remedy !== undefined) expect(problems[0]?.remedy).toBe(remedy)
})

test('options are checked although they are typed: they come from command lines', () => {
  // A word that no caller with types could give.
  const cleanup = 'inplce' as 'inplace'
  expect(settle({}, { cleanup }).problems).toMatchObject([
    { code: 'BAD_OPTION', found: 'inplce', remedy: 'did you mean inplace' },
  ])
  expect(settle({}, { clusterTargetSeconds: -1 }).problems).toMatchObject([
    { code: 'BAD_OPTION', found: '-1' },
  ])
})

test('properties that are profiles of every job', () => {
  const properties = new Map([
    ['env.HOME', '/h'],
    ['pegasus.cores', '4'],
    ['pegasus.mode', 'production'],
    ['dagman.retry', '2'],
    ['dagman.maxidle', '5'],
    ['dagman.work.maxjobs', '3'],
    ['plain', 'x'],
  ])
  expect(propertyProfiles(properties).map(({ namespace, key }) => `${namespace}.${key}`)).toEqual([
    'env.HOME',
    'pegasus.cores',
    'dagman.retry',
  ])
})
