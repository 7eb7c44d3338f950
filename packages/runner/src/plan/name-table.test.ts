import { expect, test } from 'vitest'
import { NameTable } from './name-table.ts'

test('names are found by number and by name, whatever their length and characters', () => {
  const names = [
    '',
    'project_1',
    'größe 天文',
    'x'.repeat(5000),
    ...Array.from({ length: 5000 }, (_, k) => `j${k}`),
  ]
  const table = new NameTable(names.length)
  // In another order than that of the numbers.
  for (const [number, name] of [...names.entries()].reverse()) expect(table.set(number, name)).toBe(true)
  for (const [number, name] of names.entries()) {
    expect(table.name(number)).toBe(name)
    expect(table.find(name)).toBe(number)
  }
  expect(table.find('j5000')).toBeUndefined()
  expect(table.name(names.length)).toBe('')
})

test('a second thing of the same name is refused', () => {
  const table = new NameTable(2)
  expect(table.set(0, 'add')).toBe(true)
  expect(table.set(1, 'add')).toBe(false)
  expect(table.find('add')).toBe(0)
})

test('an empty table has no names', () => {
  expect(new NameTable(0).find('add')).toBeUndefined()
})
