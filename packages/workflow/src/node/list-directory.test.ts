import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listDirectory } from './list-directory.ts'

async function inputs(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-inputs-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'deep/er'), { recursive: true })
  await writeFile(join(folder, 'b.txt'), 'four')
  await writeFile(join(folder, 'deep/er/a.txt'), '')
  await symlink(join(folder, 'b.txt'), join(folder, 'link.txt'))
  await symlink(join(folder, 'nowhere'), join(folder, 'broken.txt'))
  await symlink(folder, join(folder, 'deep/loop'))
  return folder
}

test('lists files by their path, with sizes, and links to files', async () => {
  const folder = await inputs()
  const { replicas } = await listDirectory(folder)
  expect(replicas.map(({ lfn }) => lfn)).toEqual(['b.txt', 'deep/er/a.txt', 'link.txt'])
  expect(replicas[0]).toEqual({
    lfn: 'b.txt',
    isRegex: false,
    locations: [{ site: 'local', pfn: `file://${folder}/b.txt` }],
    metadata: [{ key: 'size', value: '4' }],
  })
})

test('names, site and prefix can be chosen', async () => {
  const { replicas } = await listDirectory(await inputs(), {
    site: 'pool',
    urlPrefix: 'http://host',
    isFlat: true,
  })
  expect(replicas[1]).toMatchObject({ lfn: 'a.txt', locations: [{ site: 'pool' }] })
  expect(replicas[1]?.locations[0]?.pfn).toMatch(/^http:\/\/host\/.*\/deep\/er\/a\.txt$/)
})

test('a directory that is not there is an error with its path', async () => {
  await expect(listDirectory(join(tmpdir(), 'skyloom-no-such-folder'))).rejects.toMatchObject({
    code: 'WORKFLOW_NOT_FOUND',
    message: expect.stringContaining('skyloom-no-such-folder') as string,
  })
})
