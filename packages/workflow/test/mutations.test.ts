import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import {
  checkWorkflow,
  formatProblem,
  importCwl,
  importDag,
  importDax,
  importWfFormat,
  type ReadResult,
  readProperties,
  readReplicaCatalog,
  readSiteCatalog,
  readTransformationCatalog,
  readWorkflow,
  writeReplicaCatalog,
  writeSiteCatalog,
  writeTransformationCatalog,
  writeWorkflow,
} from '../src/index.ts'

/** JSON that a mutation works on. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const workflow: Json = {
  pegasus: '5.0.4',
  name: 'w',
  'x-pegasus': { apiLang: 'python' },
  profiles: { env: { A: 'b' } },
  hooks: { shell: [{ _on: 'end', cmd: '/bin/date' }] },
  metadata: { a: 1 },
  siteCatalog: {
    sites: [
      {
        name: 'local',
        directories: [
          { type: 'sharedScratch', path: '/s', fileServers: [{ url: 'file:///s', operation: 'all' }] },
        ],
      },
    ],
  },
  jobs: [
    {
      type: 'job',
      id: 'A',
      name: 'n',
      namespace: 'ns',
      version: '1.0',
      arguments: ['-x', 5],
      stdout: 'o',
      uses: [
        { lfn: 'i', type: 'input', optional: true, bypass: false, size: '12' },
        { lfn: 'o', type: 'output', stageOut: true, registerReplica: false, metadata: { size: 3 } },
      ],
      profiles: { pegasus: { cores: 2 } },
    },
    {
      type: 'pegasusWorkflow',
      id: 'B',
      file: 's.yml',
      arguments: [],
      uses: [{ lfn: 's.yml', type: 'input', forPlanning: true }],
    },
  ],
  jobDependencies: [{ id: 'A', children: ['B'] }],
}
const sites: Json = {
  pegasus: '5.0',
  sites: [
    {
      name: 'c',
      arch: 'x86_64',
      'os.type': 'linux',
      'os.version': '7',
      directories: [
        {
          type: 'localStorage',
          path: '/o',
          sharedFileSystem: true,
          freeSize: '1',
          fileServers: [{ url: 'file:///o', operation: 'get', profiles: { env: { A: 1 } } }],
        },
      ],
      grids: [{ type: 'batch', contact: 'h', scheduler: 'slurm', jobtype: 'compute', idleNodes: 3 }],
      profiles: { condor: { universe: 'vanilla' } },
    },
  ],
}
const transformations: Json = {
  pegasus: '5.0',
  transformations: [
    {
      name: 'n',
      namespace: 'ns',
      version: '1',
      requires: ['m'],
      checksum: { sha256: 'a'.repeat(64) },
      sites: [{ name: 'c', pfn: '/n', type: 'installed', container: 'box', bypass: true }],
    },
    { name: 'm', sites: [{ name: 'local', pfn: '/m', type: 'stageable' }] },
  ],
  containers: [{ name: 'box', type: 'docker', image: 'docker:///b', 'image.site': 'web', mounts: ['/a:/b'] }],
}
const replicas: Json = {
  pegasus: '5.0',
  replicas: [
    {
      lfn: 'f',
      pfns: [{ site: 'local', pfn: '/f' }],
      metadata: { size: 1 },
      checksum: { sha256: 'b'.repeat(64) },
    },
    { lfn: 'i_(.*)', regex: true, pfns: [{ site: 'local', pfn: '/[1]' }] },
  ],
}

const odd: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  'x',
  'input',
  '${X}',
  '__proto__',
  'a/b',
  'é\u0000',
  [],
  [[]],
  {},
  { a: [] },
  [null],
  '(',
  'x'.repeat(300),
)

/** The document with `count` places changed: replaced, removed, renamed or doubled. */
function mutated(document: Json): fc.Arbitrary<Json> {
  const step = fc.record({
    place: fc.nat(),
    kind: fc.constantFrom('replace', 'remove', 'rename', 'double'),
    value: odd,
    key: fc.constantFrom('type', 'name', 'idd', '__proto__', 'x-y', 'constructor'),
  })
  return fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => {
    let changed = structuredClone(document)
    for (const { place, kind, value, key } of steps) {
      const holders: { readonly holder: Json[] | { [key: string]: Json }; readonly at: string | number }[] =
        []
      const collect = (node: Json): void => {
        if (node === null || typeof node !== 'object') return
        for (const at of Array.isArray(node) ? node.keys() : Object.keys(node)) {
          holders.push({ holder: node, at })
          collect((node as { [key: string]: Json })[at] ?? null)
        }
      }
      collect(changed)
      const spot = holders[place % Math.max(1, holders.length)]
      if (spot === undefined) continue
      const holder = spot.holder as { [key: string]: Json }
      const old = holder[spot.at] ?? null
      if (kind === 'replace') holder[spot.at] = value
      else if (Array.isArray(spot.holder) && kind === 'double') spot.holder.push(structuredClone(old))
      else if (Array.isArray(spot.holder)) spot.holder.splice(Number(spot.at), 1)
      else {
        Reflect.deleteProperty(holder, spot.at)
        if (kind === 'rename')
          Object.defineProperty(holder, key, {
            value: old,
            enumerable: true,
            configurable: true,
            writable: true,
          })
      }
      changed = structuredClone(changed)
    }
    return changed
  })
}

/** What every reader owes for any document: problems with places, or a value that survives writing and reading. */
function checkReader<T>(
  text: string,
  read: (text: string) => ReadResult<T>,
  write: (value: T) => string,
): void {
  const result = read(text)
  if (!result.ok) {
    expect(result.problems.some((problem) => problem.severity === 'error')).toBe(true)
    for (const problem of result.problems) {
      expect(problem.message).not.toBe('')
      expect(formatProblem(problem)).not.toMatch(/undefined|\[object|NaN/)
      if (problem.code !== 'MORE_PROBLEMS') expect(problem.line, formatProblem(problem)).toBeGreaterThan(0)
    }
    return
  }
  const again = read(write(result.value))
  expect(again.ok && again.value).toEqual(result.value)
}

describe('documents with mutations are refused with places, or read and written without change', () => {
  const runs = { numRuns: 400 }
  test('workflows', () => {
    fc.assert(
      fc.property(mutated(workflow), (document) => {
        checkReader(stringify(document), readWorkflow, writeWorkflow)
        const result = readWorkflow(JSON.stringify(document))
        if (result.ok) checkWorkflow(result.value)
      }),
      runs,
    )
  })
  test('site catalogs', () => {
    fc.assert(
      fc.property(mutated(sites), (document) =>
        checkReader(stringify(document), readSiteCatalog, writeSiteCatalog),
      ),
      runs,
    )
  })
  test('transformation catalogs', () => {
    fc.assert(
      fc.property(mutated(transformations), (document) =>
        checkReader(stringify(document), readTransformationCatalog, writeTransformationCatalog),
      ),
      runs,
    )
  })
  test('replica catalogs', () => {
    fc.assert(
      fc.property(mutated(replicas), (document) =>
        checkReader(stringify(document), readReplicaCatalog, writeReplicaCatalog),
      ),
      runs,
    )
  })
})

describe('any text gives a result, never an exception', () => {
  const lines = fc
    .array(
      fc.constantFrom(
        'JOB A a.sub',
        'JOB A',
        'PARENT A CHILD B',
        'PARENT A CHILD',
        'VARS A x="1"',
        'RETRY A x',
        'SCRIPT PRE A',
        'SUBDAG EXTERNAL',
        'SPLICE',
        '{',
        '}',
        'JOB B {',
        '\\',
        'tr a {',
        'site x {',
        'pfn "/x"',
        'type "installed"',
        'cont c {',
        '"',
        '#',
        'f.a /x site="local"',
        'f.a',
        'a=b',
        'a\\',
        '\\u12',
        '<adag name="x">',
        '<job id="A" name="n">',
        '</job>',
        '</adag>',
        '<uses name="f" link="input"/>',
        '<!DOCTYPE x>',
        '&x;',
        '<child ref="A"><parent ref="B"/></child>',
        'cwlVersion: v1.2',
        'class: Workflow',
        'class: CommandLineTool',
        'inputs: []',
        'outputs: {a: File}',
        'steps: {a: {run: {class: CommandLineTool}, in: {}, out: [x]}}',
        'baseCommand: [x]',
        'inputs: {a: {type: File, default: {class: File, path: x}}}',
        '$graph: []',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('\n'))
  const anyText = fc.oneof(lines, fc.string(), fc.string({ unit: 'binary' }))
  const readers: readonly {
    readonly name: string
    readonly read: (text: string) => { readonly ok: boolean }
  }[] = [
    { name: 'readWorkflow', read: readWorkflow },
    { name: 'readSiteCatalog', read: readSiteCatalog },
    { name: 'readTransformationCatalog', read: readTransformationCatalog },
    {
      name: 'readTransformationCatalog as text',
      read: (text) => readTransformationCatalog(text, { format: 'text' }),
    },
    { name: 'readReplicaCatalog', read: readReplicaCatalog },
    { name: 'readReplicaCatalog as text', read: (text) => readReplicaCatalog(text, { format: 'text' }) },
    { name: 'readProperties', read: readProperties },
    { name: 'importDag', read: (text) => importDag(text, { readFile: () => 'executable = x\nqueue' }) },
    { name: 'importDax', read: importDax },
    { name: 'importCwl', read: importCwl },
    { name: 'importWfFormat', read: importWfFormat },
  ]
  test.for(readers)('$name', ({ read }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof read(text).ok).toBe('boolean')
      }),
      { numRuns: 1000 },
    )
  })
})
