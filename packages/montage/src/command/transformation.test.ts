import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { montageTransformation } from './transformation.ts'

test('a module runs in its work folder and prints its status line', async () => {
  const workDirectory = freshFolder()
  writeFileSync(join(workDirectory, 'in.tbl'), '| x |\n|int|\n  2 \n  1 \n')
  let printed = ''
  const print = (text: string): void => {
    printed += text
  }
  const call = { transformation: 'mTblSort', arguments: ['in.tbl', 'x', 'out.tbl'], workDirectory, print }
  expect(await montageTransformation(call)).toBe(0)
  expect(printed).toBe('[struct stat="OK", count=2]\n')
  expect(readFileSync(join(workDirectory, 'out.tbl'), 'latin1')).toContain('  1 \n  2 ')
})

test('an unknown name is refused', async () => {
  const call = { transformation: 'mNothing', arguments: [], workDirectory: '/', print: () => undefined }
  await expect(montageTransformation(call)).rejects.toThrow('no module mNothing')
})
