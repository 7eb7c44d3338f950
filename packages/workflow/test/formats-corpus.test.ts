import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { pegasusCorpus, skipShared } from '../../../testing/shared-data.ts'
import {
  checkWorkflow,
  formatProblem,
  type ReadResult,
  readProperties,
  readReplicaCatalog,
  readSiteCatalog,
  readTransformationCatalog,
  readWorkflow,
  writeProperties,
  writeReplicaCatalog,
  writeSiteCatalog,
  writeTransformationCatalog,
  writeWorkflow,
} from '../src/index.ts'

type Format = 'yaml' | 'json'

/** Reads a file, writes it in a format and reads that again. */
interface RoundTrip {
  readonly read: (text: string) => ReadResult<unknown>
  readonly rewrite: (text: string, format: Format) => string
}

function roundTrip<T>(
  read: (text: string) => ReadResult<T>,
  write: (value: T, options: { readonly format: Format }) => string,
): RoundTrip {
  return {
    read,
    rewrite: (text, format) => {
      const result = read(text)
      if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
      return write(result.value, { format })
    },
  }
}

const byName: Readonly<Record<string, RoundTrip>> = {
  'workflow.yml': roundTrip(readWorkflow, writeWorkflow),
  'inner.yml': roundTrip(readWorkflow, writeWorkflow),
  'sites.yml': roundTrip(readSiteCatalog, writeSiteCatalog),
  'replicas.yml': roundTrip(readReplicaCatalog, writeReplicaCatalog),
  'transformations.yml': roundTrip(readTransformationCatalog, writeTransformationCatalog),
  'unicode-transformations.yml': roundTrip(readTransformationCatalog, writeTransformationCatalog),
  'pegasus.properties': roundTrip(readProperties, writeProperties),
}

const files = !skipShared
  ? readdirSync(`${pegasusCorpus}/workflows`, { recursive: true, encoding: 'utf8' }).filter(
      (path) => byName[basename(path)] !== undefined,
    )
  : []

describe.skipIf(skipShared)('every file of the corpus', () => {
  test('is there', () => expect(files.length).toBeGreaterThan(150))

  test.for(files)('%s is read without a word and written so that it reads the same', (path) => {
    const text = readFileSync(`${pegasusCorpus}/workflows/${path}`, 'utf8')
    const format = byName[basename(path)]
    const first = format?.read(text)
    if (first?.ok !== true) throw new Error(`${path} is refused`)
    expect(first.warnings).toEqual([])
    for (const style of ['yaml', 'json'] as const) {
      const written = format?.rewrite(text, style) ?? ''
      const again = format?.read(written)
      expect(again).toEqual(first)
      if (!path.endsWith('.properties')) expect(() => parse(written) as unknown).not.toThrow()
    }
  })

  test.for(files.filter((path) => /(?:workflow|inner)\.yml$/.test(path)))('%s passes the checks', (path) => {
    const result = readWorkflow(readFileSync(`${pegasusCorpus}/workflows/${path}`, 'utf8'))
    if (!result.ok) throw new Error(`${path} is refused`)
    expect(checkWorkflow(result.value)).toEqual([])
  })
})
