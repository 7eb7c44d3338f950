import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examplesOf, runExample, typeFaults } from '../../../testing/document-examples.ts'
import { keptFolder, repositoryRoot } from '../../../testing/folders.ts'
import { fileBytes } from './bytes.ts'
import { loopback, sendRange } from './loopback.ts'

const DOCUMENTS = ['docs/tutorial-fits.md', 'packages/fits/README.md', 'packages/fits/docs/tables.md']
const folder = keptFolder()

/** Checksums depend on every card; the document has a word in their place. */
function withoutChecksum(output: string): string {
  return output.replace(/CHECKSUM is '\w{16}'/, "CHECKSUM is 'CHECKSUM_VALUE'")
}

describe.each(DOCUMENTS)('the programs of %s print what they say', (path) => {
  const examples = examplesOf(path)

  test('there are some', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.for(examples)('$name', async (example) => {
    if (!example.code.includes('process.argv[2]')) {
      expect(withoutChecksum(await runExample(example, { cwd: folder }))).toBe(example.output)
      return
    }
    const bytes = fileBytes(join(folder, 'large.fits'))
    await using server = await loopback((request, response) => sendRange(bytes, request, response))
    expect(await runExample(example, { args: [server.url], cwd: folder })).toBe(example.output)
  })
})

test('the programs have the types of the library', () => {
  expect(
    typeFaults(DOCUMENTS.flatMap(examplesOf), join(repositoryRoot, 'packages/fits/dist/examples')),
  ).toEqual([])
})
