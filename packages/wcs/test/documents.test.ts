import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const repository = new URL('../../../', import.meta.url)
/** Where the programs lie, so that they find the packages by name; not under version control. */
const programs = fileURLToPath(new URL('../dist/examples/', import.meta.url))

interface Example {
  readonly name: string
  readonly code: string
  readonly output: string
}

/** Programs of a document with the text that each is said to print, in order. */
function examplesOf(path: string): Example[] {
  const text = readFileSync(new URL(path, repository), 'utf8')
  const blocks = text.matchAll(/```js\n([\s\S]*?)```\s*```text\n([\s\S]*?)```/g)
  return [...blocks].map(([, code = '', output = ''], index) => ({
    name: `program ${index + 1}`,
    code,
    output,
  }))
}

describe.each(['docs/tutorial-wcs.md', 'packages/wcs/README.md'])(
  'the programs of %s print what they say',
  (path) => {
    const examples = examplesOf(path)

    test('there are some', () => {
      expect(examples.length).toBeGreaterThan(0)
    })

    test.for(examples)('$name', async ({ name, code, output }) => {
      mkdirSync(programs, { recursive: true })
      const file = join(programs, `${path}-${name}`.replaceAll(/\W+/g, '-').concat('.mjs'))
      writeFileSync(file, code)
      const { stdout } = await run(process.execPath, [file])
      expect(stdout).toBe(output)
    })
  },
)
