import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { TABLE_ERRORS, TableError } from './errors.ts'

test('an error of a table carries its place as data and as text', () => {
  const location = { source: 'a.tbl', line: 4, character: 17, column: 'ra', row: 1 }
  const error = new TableError('TABLE_BAD_VALUE', location, 'the value is no number', { found: 'x' })
  expect(error.location).toEqual(location)
  expect(error.message).toBe(
    'a.tbl, line 4, character 17, column ra, row 1: the value is no number: found x [TABLE_BAD_VALUE]',
  )
})

test('every code is met by a test', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && name !== 'errors.test.ts')
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
  expect(Object.keys(TABLE_ERRORS).filter((code) => !tests.some((text) => text.includes(code)))).toEqual([])
})
