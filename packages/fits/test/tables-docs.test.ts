import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { examplesOf, runExample } from '../../../testing/document-examples.ts'

const examples = examplesOf(fileURLToPath(new URL('../docs/tables.md', import.meta.url)))

test('the page on tables has examples', () => {
  expect(examples.length).toBeGreaterThan(6)
})

test.for(examples)('$name: the example prints what the page says', async (example) => {
  expect(await runExample(example)).toBe(example.output)
})
