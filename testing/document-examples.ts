import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

/** A runnable block of a document with what it says that is printed. */
export interface Example {
  readonly name: string
  readonly code: string
  readonly output: string
}

/** The `ts` blocks of a document, each with the `text` block that follows. Their code is JavaScript as well. */
export function examplesOf(path: string): Example[] {
  const examples: Example[] = []
  let heading = ''
  const parts = readFileSync(path, 'utf8').matchAll(
    /^#+ (.+)$|^```ts\n([^]*?)^```\n(?:\n```text\n([^]*?)^```)?/gm,
  )
  for (const [, title, code, output] of parts) {
    if (title !== undefined) heading = title
    else if (code !== undefined) examples.push({ name: heading, code, output: output ?? '' })
  }
  return examples
}

/** Runs an example against the built packages and gives what it prints. */
export async function runExample(example: Example): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'skyloom-example-'))
  const path = join(folder, 'example.mjs')
  const code = example.code.replaceAll(
    /from '(@skyloom\/[^']+)'/g,
    (_, name: string) => `from '${import.meta.resolve(name)}'`,
  )
  writeFileSync(path, code)
  const lines: string[] = []
  const { log } = console
  console.log = (...values: unknown[]) => {
    lines.push(
      values
        .map((value) => (typeof value === 'string' ? value : inspect(value)))
        .join(' ')
        .trimEnd(),
    )
  }
  try {
    await import(pathToFileURL(path).href)
  } finally {
    console.log = log
    rmSync(folder, { recursive: true })
  }
  return `${lines.join('\n')}\n`
}
