import { expect, test } from 'vitest'
import { edges, planned, request } from '../../test/small-request.ts'

const LINES = ['a one: raw -> x', 'b two: x -> y!']

function edgesWith(strategy: string): readonly string[] {
  const asked = request(LINES, {
    properties: { 'pegasus.dir.create.strategy': strategy },
    options: { cleanup: 'none', outputSites: [] },
  })
  return edges(planned(asked))
}

const CREATE = 'create_dir_small_0_local'
const OTHERS = ['one_a > two_b', 'stage_in_remote_local_0_0 > one_a']

test('Minimal joins the node to the first users of the directory', () => {
  expect(edgesWith('Minimal')).toEqual([`${CREATE} > stage_in_remote_local_0_0`, ...OTHERS])
})

test('Tentacles joins it to every user', () => {
  expect(edgesWith('Tentacles')).toEqual(
    [`${CREATE} > one_a`, `${CREATE} > stage_in_remote_local_0_0`, `${CREATE} > two_b`, ...OTHERS].sort(),
  )
})

test('HourGlass puts a node between all create-dir nodes and all roots', () => {
  expect(edgesWith('HourGlass')).toEqual(
    [
      `${CREATE} > pegasus_concat_small_0`,
      'pegasus_concat_small_0 > stage_in_remote_local_0_0',
      ...OTHERS,
    ].sort(),
  )
})
