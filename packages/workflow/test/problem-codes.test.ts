import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PROBLEM_CODES } from '../src/index.ts'

const source = fileURLToPath(new URL('../src/', import.meta.url))
const tests = fileURLToPath(new URL('./', import.meta.url))

function textOf(folder: string, isWanted: (path: string) => boolean): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && isWanted(path),
  )
  return paths.map((path) => readFileSync(folder + path, 'utf8')).join('\n')
}

const raising = textOf(source, (path) => !path.endsWith('.test.ts') && path !== 'problem/problem.ts')
const testing =
  textOf(source, (path) => path.endsWith('.test.ts')) +
  textOf(tests, (path) => !path.startsWith('problem-codes'))

test.for(Object.keys(PROBLEM_CODES))('%s is reported somewhere and tested', (code) => {
  expect(raising).toContain(`'${code}'`)
  expect(testing).toMatch(new RegExp(`[['"]${code}[\\]'"]`))
})
