import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { repositoryRoot } from './folders.ts'

/** A runnable block of a document with what it says that is printed. */
export interface Example {
  /** Number in the document and heading above. */
  readonly name: string
  /** JavaScript, also in `ts` blocks. */
  readonly code: string
  readonly output: string
}

/**
 * The `js` and `ts` blocks of a document, each with the `text` block that follows.
 *
 * @param path from the folder of the repository
 */
export function examplesOf(path: string): Example[] {
  const examples: Example[] = []
  let heading = ''
  const parts = readFileSync(join(repositoryRoot, path), 'utf8').matchAll(
    /^#+ (.+)$|^```[jt]s\n([^]*?)^```\n(?:\s*```text\n([^]*?)^```)?/gm,
  )
  for (const [, title, code, output = ''] of parts) {
    if (title !== undefined) heading = title
    else if (code !== undefined) examples.push({ name: `${examples.length + 1} ${heading}`, code, output })
  }
  return examples
}

/** How an example runs. */
export interface ExampleRun {
  /** Arguments of the program. */
  readonly args?: readonly string[]
  /** Folder in which it runs. */
  readonly cwd?: string
}

/** Runs an example against the built packages, as a process of its own, and gives what it prints. */
export async function runExample(
  example: Example,
  { args = [], ...options }: ExampleRun = {},
): Promise<string> {
  const code = example.code.replaceAll(
    /from '(@skyloom\/[^']+)'/g,
    (_, name: string) => `from '${import.meta.resolve(name)}'`,
  )
  // The name of a program does not show in what it prints.
  const program = ['--input-type=module', '--eval', code, '--', 'example', ...args]
  const { stdout } = await promisify(execFile)(process.execPath, program, options)
  return stdout
}

/**
 * What the compiler finds wrong in examples, held against the types of the built packages; nothing when they are right.
 *
 * @param folder where the programs are written, inside a package so that they find the others by name; not under version control
 */
export function typeFaults(examples: readonly Example[], folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  const files = examples.map(({ code }, index) => {
    const file = join(folder, `typed-${index}.mts`)
    writeFileSync(file, code)
    return file
  })
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    typeRoots: [join(repositoryRoot, 'node_modules/@types')],
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    return `${file?.fileName ?? ''} ${start ?? ''} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

/**
 * What a section of a document tells its reader to type: its blocks that name no language, one after the other.
 *
 * @param path from the folder of the repository
 */
export function commandsOf(path: string, heading: string): string {
  const text = readFileSync(join(repositoryRoot, path), 'utf8')
  const [, section = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'))
  const [own = ''] = section.split(/^#+ /m)
  return [...own.matchAll(/^```\n([^]*?)^```$/gm)].map(([, block]) => block).join('')
}
