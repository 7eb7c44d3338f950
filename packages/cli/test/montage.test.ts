import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODULE_NAMES } from '@skyloom/montage/command'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { skyloomIn } from './command.ts'

test('montage list names every module, with --json also its synopsis', async () => {
  const text = await skyloomIn(freshFolder(), 'montage', 'list')
  expect(text.stdout).toMatch(/^mGetHdr\s+Writes the header of an image as text\.$/m)
  const json = await skyloomIn(freshFolder(), 'montage', 'list', '--json')
  const { modules } = JSON.parse(json.stdout) as { modules: { name: string; synopsis: string[] }[] }
  expect(modules.map(({ name }) => name)).toEqual([...MODULE_NAMES])
  expect(modules.find(({ name }) => name === 'mGetHdr')?.synopsis).toEqual([
    'mGetHdr [-d] [-h hdu] [-s statusfile] img.fits img.hdr',
  ])
})

test('montage help shows the manual page, whatever the case of the name', async () => {
  const { code, stdout } = await skyloomIn(freshFolder(), 'montage', 'help', 'mgethdr')
  expect(code).toBe(0)
  expect(stdout).toContain('mGetHdr - Writes the header of an image as text.\n\n  mGetHdr [-d] [-h hdu]')
})

test('montage help of another name says how to find the names', async () => {
  const answer = await skyloomIn(freshFolder(), 'montage', 'help', 'mNone')
  expect(answer).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: there is no module "mNone"\nnext: skyloom montage list shows them all\n',
  })
})

test('montage install writes commands that run', async () => {
  const folder = freshFolder()
  const { code, stdout } = await skyloomIn(folder, 'montage', 'install', 'bin')
  expect([code, stdout]).toEqual([
    0,
    `${MODULE_NAMES.length} commands in ${join(folder, 'bin')}\nnext: PATH=${join(folder, 'bin')}:$PATH\n`,
  ])
  expect(readdirSync(join(folder, 'bin'))).toHaveLength(MODULE_NAMES.length)
  expect(execFileSync(join(folder, 'bin/mTblSort'), { encoding: 'utf8' })).toContain('stat="ERROR"')
})

test('montage install leaves other programs alone', async () => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'mAdd'), 'a program\n')
  const { code, stderr } = await skyloomIn(folder, 'montage', 'install', '.')
  expect(code).toBe(4)
  expect(stderr).toContain('mAdd: a file of this name exists already')
  expect(readdirSync(folder)).toEqual(['mAdd'])
})
