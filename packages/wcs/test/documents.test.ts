import { describe, expect, test } from 'vitest'
import { examplesOf, runExample } from '../../../testing/document-examples.ts'

const DOCUMENTS = ['docs/tutorial-wcs.md', 'packages/wcs/README.md']

describe.each(DOCUMENTS)('the programs of %s print what they say', (path) => {
  const examples = examplesOf(path)

  test('there are some', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.for(examples)('$name', async (example) => {
    expect(await runExample(example)).toBe(example.output)
  })
})
