import { memorySource } from '@skyloom/base'
import { expect, test } from 'vitest'
import type { Hdu } from '../hdu/hdu.ts'
import { openFits } from '../hdu/open-fits.ts'
import { formatHeader } from '../header/format-header.ts'
import { Header } from '../header/header.ts'
import { groupParameter, readGroups } from './read-groups.ts'

/** Three groups of two parameters and two values: group g holds parameters g and 10 + g, values 100 + g and 200 + g. */
async function groupsHdu(): Promise<Hdu> {
  const header = new Header()
    .set('SIMPLE', true)
    .set('BITPIX', 16)
    .set('NAXIS', 2)
    .set('NAXIS1', 0)
    .set('NAXIS2', 2)
  header.set('GROUPS', true).set('PCOUNT', 2).set('GCOUNT', 3)
  header.set('PTYPE1', 'DATE').set('PSCAL1', 2).set('PZERO1', 1000).set('PTYPE2', 'DATE').set('BSCALE', 0.5)
  const head = formatHeader(header)
  const bytes = new Uint8Array(head.length + 2880)
  bytes.set(head)
  const view = new DataView(bytes.buffer, head.length)
  for (let group = 0; group < 3; group++) {
    ;[group, 10 + group, 100 + group, 200 + group].forEach((value, index) =>
      view.setInt16(8 * group + 2 * index, value),
    )
  }
  return await (await openFits(memorySource(bytes))).hdu(0)
}

test('groups have scaled parameters and values', async () => {
  const groups = await readGroups(await groupsHdu())
  expect(groups).toMatchObject({ count: 3, shape: [2] })
  expect(groups.parameters.map(({ name, values }) => [name, ...values])).toEqual([
    ['DATE', 1000, 1002, 1004],
    ['DATE', 10, 11, 12],
  ])
  expect([...groups.data]).toEqual([50, 100, 50.5, 100.5, 51, 101])
})

test('parameters of one name are added up', async () => {
  const groups = await readGroups(await groupsHdu(), { first: 1, count: 2 })
  expect([...(groupParameter(groups, 'DATE') ?? [])]).toEqual([1013, 1016])
  expect(groupParameter(groups, 'UU')).toBeUndefined()
})

test('only groups that are there are read', async () => {
  await expect(readGroups(await groupsHdu(), { first: 2, count: 2 })).rejects.toMatchObject({
    code: 'FITS_BAD_REGION',
  })
})

test('an image holds no groups', async () => {
  const bytes = formatHeader(new Header().set('SIMPLE', true).set('BITPIX', 8).set('NAXIS', 0))
  const hdu = await (await openFits(memorySource(bytes))).hdu(0)
  await expect(readGroups(hdu)).rejects.toMatchObject({ code: 'FITS_NOT_GROUPS' })
})
