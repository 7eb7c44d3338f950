import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileBytes } from './bytes.ts'
import { loopback, sendRange } from './loopback.ts'

const run = promisify(execFile)
const repository = new URL('../../../', import.meta.url)

interface Example {
  readonly name: string
  readonly code: string
  readonly output: string
}

/** Programs of a document with the text that each is said to print, in order. */
function examplesOf(path: string): Example[] {
  const text = readFileSync(new URL(path, repository), 'utf8')
  const blocks = text.matchAll(/```js\n([\s\S]*?)```\s*```text\n([\s\S]*?)```/g)
  return [...blocks].map(([, code = '', output = ''], index) => {
    const before = text.slice(0, text.indexOf(code))
    const heading = /^#+ (.*)$/m.exec(before.slice(before.lastIndexOf('\n#')))?.[1] ?? ''
    return { name: `${index + 1} ${heading}`, code, output }
  })
}

/** Where the programs lie, so that they find the packages by name; not under version control. */
const programs = fileURLToPath(new URL('../dist/examples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'skyloom-fits-'))
beforeAll(() => mkdirSync(programs, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function runExample(name: string, code: string, ...options: readonly string[]): Promise<string> {
  const path = join(programs, `${name.replaceAll(/\W+/g, '-')}.mjs`)
  writeFileSync(path, code)
  const { stdout } = await run(process.execPath, [path, ...options], { cwd: folder })
  return stdout
}

/** Checksums depend on every card; the document has a word in their place. */
function withoutChecksum(output: string): string {
  return output.replace(/CHECKSUM is '\w{16}'/, "CHECKSUM is 'CHECKSUM_VALUE'")
}

describe.each(['docs/tutorial-fits.md', 'packages/fits/README.md'])(
  'the programs of %s print what they say',
  (path) => {
    const examples = examplesOf(path)

    test('there are some', () => {
      expect(examples.length).toBeGreaterThan(0)
    })

    test.for(examples)('$name', async ({ name, code, output }) => {
      if (!code.includes('process.argv[2]')) {
        expect(withoutChecksum(await runExample(`${path} ${name}`, code))).toBe(output)
        return
      }
      const bytes = fileBytes(join(folder, 'large.fits'))
      await using server = await loopback((request, response) => sendRange(bytes, request, response))
      expect(await runExample(`${path} ${name}`, code, server.url)).toBe(output)
    })
  },
)

test('the programs have the types of the library', () => {
  const files = ['docs/tutorial-fits.md', 'packages/fits/README.md'].flatMap((path, document) =>
    examplesOf(path).map(({ code }, index) => {
      const file = join(programs, `typed-${document}-${index}.mts`)
      writeFileSync(file, code)
      return file
    }),
  )
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    typeRoots: [fileURLToPath(new URL('node_modules/@types', repository))],
  })
  const faults = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    return `${file?.fileName ?? ''} ${start ?? ''} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
  expect(faults).toEqual([])
})
