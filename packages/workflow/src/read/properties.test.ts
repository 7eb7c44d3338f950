import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatProblem } from '../problem/problem.ts'
import { writeProperties } from '../write/write.ts'
import { readProperties } from './properties.ts'

function read(
  text: string,
  variables?: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const result = readProperties(text, variables === undefined ? {} : { variables })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return Object.fromEntries(result.value)
}

test('reads all forms of a line', () => {
  expect(
    read('# c\n! c\n a = 1\nb: 2\nc 3\n\\#d = 4\ne = one \\\n   two\nf=\\u0041\\tx\ng\nh\\ i = x = y\r\n\n'),
  ).toEqual({ a: '1', b: '2', c: '3', '#d': '4', e: 'one two', f: 'A\tx', g: '', 'h i': 'x = y' })
})

test('replaces references to other properties and to variables, and leaves unknown ones', () => {
  const text = 'base = /data\nin = ${base}/in\nhome = ${HOME}/x\nno = ${NOTHING}\nloop = ${loop}\n'
  const read1 = read(text, (name) => (name === 'HOME' ? '/home/me' : undefined))
  expect(read1).toMatchObject({ in: '/data/in', home: '/home/me/x', no: '${NOTHING}' })
  expect(read1['loop']).toContain('${loop}')
})

test('bounds references that grow', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `p${i} = ${`\${p${i + 1}}`.repeat(10)}`)
  const start = performance.now()
  read(`${lines.join('\n')}\np40 = ${'x'.repeat(100)}\n`)
  expect(performance.now() - start).toBeLessThan(5000)
})

test('warns when a later value replaces another', () => {
  const result = readProperties('a = 1\na = 2\na = 2\n')
  expect(result).toMatchObject({ ok: true, value: new Map([['a', '2']]) })
  expect(result.ok && result.warnings.map(formatProblem)).toEqual([
    'pegasus.properties:2:1: a: the property is set twice; the later value is used: found 2 [DUPLICATE]',
  ])
})

test('refuses lines without key and bad escapes', () => {
  const result = readProperties('= x\na = \\u12\n', { name: 'p' })
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'p:1:1: the line has no key: found = x [SYNTAX]',
    'p:2:1: bad \\\\u escape: found \\\\u12, allowed \\\\u and four hexadecimal digits [SYNTAX]'
      .replaceAll('\\\\u', '\\u')
      .replace('found \\u', 'found \\\\u'),
  ])
})

test('what was written is read back', () => {
  const text = fc.string().map((value) => value.replaceAll('$', '').trimEnd())
  const key = fc.string({ minLength: 1 }).map((value) => `k${value.replaceAll('$', '')}`)
  fc.assert(
    fc.property(fc.dictionary(key, text), (values) => {
      const map = new Map(Object.entries(values))
      const result = readProperties(writeProperties(map))
      expect(result.ok && result.value).toEqual(map)
    }),
    { numRuns: 500 },
  )
})
