import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** Codes that the sources declare: members of the unions `...ErrorCode` and keys of the tables `..._ERRORS`. */
function declaredCodes(): string[] {
  const packages = `${repository}packages/`
  const files = readdirSync(packages)
    .flatMap((name) => [`${packages}${name}/src/errors.ts`, `${packages}${name}/src/tables/errors.ts`])
    .filter((file) => existsSync(file))
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const blocks = text.matchAll(
      /export type \w+ErrorCode =\s((?:[ \t]*(?:\||\/\/|\/?\*).*\n)+)|export const \w+_ERRORS = \{([^}]*)\}/g,
    )
    const codes = [...blocks].flatMap(([, union, table]) =>
      union === undefined
        ? [...(table ?? '').matchAll(/^ +([A-Z_]+):/gm)].map(([, code]) => code ?? '')
        : [...union.matchAll(/^ +\| '([A-Z_]+)'/gm)].map(([, code]) => code ?? ''),
    )
    if (codes.length === 0) throw new Error(`${file} declares no codes in a form that this test reads`)
    return codes
  })
}

/** Rows of the tables of the reference. */
function rows(): { readonly code: string; readonly meaning: string; readonly remedy: string }[] {
  const text = readFileSync(`${repository}docs/errors.md`, 'utf8')
  return [...text.matchAll(/^\| `([A-Z_]+)` \|([^|\n]*)\|([^|\n]*)\|$/gm)].map(
    ([, code = '', meaning = '', remedy = '']) => ({ code, meaning: meaning.trim(), remedy: remedy.trim() }),
  )
}

describe('reference of errors', () => {
  test('lists every code of every package, once, and no other', () => {
    const codes = declaredCodes()
    expect(new Set(codes).size).toBe(codes.length)
    expect(
      rows()
        .map((row) => row.code)
        .toSorted(),
    ).toEqual(codes.toSorted())
  })

  test('says of each what it means and what to do', () => {
    for (const { code, meaning, remedy } of rows()) {
      expect(meaning.length, code).toBeGreaterThan(10)
      expect(remedy.length, code).toBeGreaterThan(10)
    }
  })

  test('sources raise no code that is not declared', () => {
    const declared = new Set(declaredCodes())
    const raised = readdirSync(`${repository}packages`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^\w+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'))
      .flatMap((file) => [
        ...readFileSync(`${repository}packages/${file}`, 'utf8').matchAll(
          /new \w+Error\(\s*'([A-Z]+_[A-Z_]+)'/g,
        ),
      ])
      .map(([, code]) => code ?? '')
    expect(raised.length).toBeGreaterThan(100)
    expect([...new Set(raised)].filter((code) => !declared.has(code))).toEqual([])
  })
})
