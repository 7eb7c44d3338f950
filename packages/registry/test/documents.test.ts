import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examplesOf, runExample } from '../../../testing/document-examples.ts'
import { repositoryRoot } from '../../../testing/folders.ts'
import { parseMetadataDefinitions } from '../src/index.ts'

describe.for(['packages/registry/README.md', 'docs/registry.md'])('%s', (document) => {
  test.for(examplesOf(document))('$name prints what it says', async (example) => {
    expect(await runExample(example)).toBe(example.output)
  })
})

test('the definitions of the manual are ones', () => {
  const [, text = ''] =
    /^```json\n([^]*?)^```$/m.exec(readFileSync(join(repositoryRoot, 'docs/registry.md'), 'utf8')) ?? []
  expect(Object.keys(parseMetadataDefinitions(text, 'registry.md').fileTypes)).toEqual(['image'])
})
