import { expect, test } from 'vitest'
import { nearMiss } from '../problem/near-miss.ts'
import { isInput, isOutput, isRegistered, isStagedOut } from './file-use.ts'
import { parseTransformationId, transformationId } from './job.ts'
import { metadataSizeBytes } from './metadata.ts'
import { mergeProfiles, profileValue } from './profile.ts'
import { isKnownProperty } from './property-keys.ts'

const ids = [
  { id: 'project', parts: { name: 'project' } },
  { id: 'montage::project', parts: { namespace: 'montage', name: 'project' } },
  { id: 'project:6.0', parts: { name: 'project', version: '6.0' } },
  { id: 'montage::project:6.0', parts: { namespace: 'montage', name: 'project', version: '6.0' } },
]

test.for(ids)('takes the transformation id $id apart and puts it together', ({ id, parts }) => {
  expect(parseTransformationId(id)).toEqual(parts)
  expect(transformationId(parts)).toBe(id)
})

const misses = [
  { text: 'in', candidates: ['none', 'input', 'output'], near: 'input' },
  { text: 'Output', candidates: ['input', 'output'], near: 'output' },
  { text: 'stage_out', candidates: ['stageOut', 'size'], near: 'stageOut' },
  { text: 'singularty', candidates: ['docker', 'singularity'], near: 'singularity' },
  { text: 'riscv', candidates: ['x86_64', 'aarch64'], near: undefined },
  { text: '', candidates: ['a'], near: undefined },
  { text: 'x'.repeat(100), candidates: ['x'.repeat(99)], near: undefined },
]

test.for(misses)('the near miss of $text is $near', ({ text, candidates, near }) => {
  expect(nearMiss(text, candidates)).toBe(near)
})

test('later profiles win, key by key', () => {
  const env = (value: string) => ({ namespace: 'env', key: 'A', value }) as const
  const cores = { namespace: 'pegasus', key: 'cores', value: '2' } as const
  const merged = mergeProfiles([env('1'), cores], [], [env('2')])
  expect(merged).toEqual([env('2'), cores])
  expect(profileValue(merged, 'env', 'A')).toBe('2')
  expect(profileValue(merged, 'condor', 'A')).toBeUndefined()
})

test('outputs are staged out and registered unless they say no', () => {
  expect(isStagedOut({ lfn: 'f', type: 'output' })).toBe(true)
  expect(isStagedOut({ lfn: 'f', type: 'output', stageOut: false })).toBe(false)
  expect(isStagedOut({ lfn: 'f', type: 'input', stageOut: true })).toBe(false)
  expect(isRegistered({ lfn: 'f', type: 'checkpoint' })).toBe(true)
  expect([isInput({ lfn: 'f', type: 'inout' }), isOutput({ lfn: 'f', type: 'inout' })]).toEqual([true, true])
})

test('sizes in metadata are whole numbers', () => {
  expect(metadataSizeBytes([{ key: 'size', value: '12' }])).toBe(12)
  expect(metadataSizeBytes([{ key: 'size', value: '12 MB' }])).toBeUndefined()
})

const properties = [
  { key: 'pegasus.data.configuration', isKnown: true },
  { key: 'pegasus.data.config', isKnown: false },
  { key: 'dagman.heavy.maxjobs', isKnown: true },
  { key: 'env.PATH', isKnown: true },
  { key: 'pegasus.catalog.site.sites.condorpool.profiles.condor.universe', isKnown: true },
  { key: 'pegasus.file.cleanup.constraint.local.maxspace', isKnown: true },
  { key: 'pegasus.memory', isKnown: true },
  { key: 'foo.bar', isKnown: false },
]

test.for(properties)('$key is known: $isKnown', ({ key, isKnown }) => {
  expect(isKnownProperty(key)).toBe(isKnown)
})
