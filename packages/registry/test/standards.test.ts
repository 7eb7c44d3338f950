import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import {
  type FileDetails,
  type FileTrace,
  openRegistry,
  productFileId,
  provDocument,
  type RunRow,
  roCrate,
  sourceFileId,
} from '../src/index.ts'

/** A history with what is awkward: names of any letters, a failed step, a file in memory, one derived by hand, one without a place. */
async function history(
  folder: string,
): Promise<{ trace: FileTrace; details: FileDetails[]; runs: RunRow[] }> {
  await using registry = await openRegistry('sqlite::memory:')
  const { runs, files } = registry
  await runs.create({
    id: 'run 1',
    label: 'M 42, "J" & <H>',
    user: 'ada',
    host: 'höst',
    directory: '/runs/1',
  })
  const lease = await runs.acquireLease('run 1', 'engine', 1000)
  const jobs = ['project (1)', 'add%']
  const job = (jobId: string): object => ({ jobId, attempt: 1, task: 1 })
  const raw = sourceFileId('raw: é 1.fits', 'a'.repeat(64))
  const [inMemory, mosaic] = [productFileId('run 1', 'p #1.fits'), productFileId('run 1', 'mosaic?.fits')]
  const note = sourceFileId('notes.txt')
  await runs.commit('run 1', lease.isHeld ? 0 : lease.token, {
    run: { state: 'succeeded', startedMs: 1, endedMs: 5000, exitCode: 0 },
    events: [{ seq: 1, timeMs: 1, type: 'run-opened' }],
    jobs: jobs.map((jobId) => ({
      jobId,
      kind: 'compute',
      transformation: 'mAdd',
      state: 'succeeded',
      attemptCount: 1,
      maxRetries: 0,
      priority: 0,
      taskCount: 1,
      changedMs: 0,
    })),
    invocations: jobs.map((jobId, at) => ({
      jobId,
      attempt: 1,
      task: 1,
      transformation: `m${at}:6.0`,
      executable: at === 0 ? '/usr/bin/m 0' : 'montage.js#mAdd',
      programSha256: at === 0 ? 'f'.repeat(64) : undefined,
      arguments: ['-x', '"\u0007'],
      startMs: 1000 * at,
      durationMs: 1234.5678,
      exitCode: at,
    })),
    files: [
      {
        id: raw,
        lfn: 'raw: é 1.fits',
        type: 'image',
        sizeBytes: 3,
        sha256: 'a'.repeat(64),
        metadata: { band: 'J', exptime: 7.8 },
      },
      { id: inMemory, lfn: 'p #1.fits' },
      { id: mosaic, lfn: 'mosaic?.fits', sizeBytes: 5, sha256: 'b'.repeat(64) },
      { id: note, lfn: 'notes.txt' },
    ],
    replicas: [
      { fileId: raw, site: 'archive', pfn: 'https://archive.example/raw 1.fits' },
      { fileId: mosaic, site: 'local', pfn: join(folder, 'out dir', 'mosaic?.fits') },
    ],
    used: [
      { ...job('project (1)'), fileId: raw },
      { ...job('add%'), fileId: inMemory },
    ] as never,
    generated: [
      { ...job('project (1)'), fileId: inMemory },
      { ...job('add%'), fileId: mosaic },
    ] as never,
    derived: [{ parentId: note, childId: mosaic }],
  })
  const trace = await files.trace([mosaic], { direction: 'ancestors' })
  const details = await Promise.all(trace.files.map(async ({ id }) => await files.get(id)))
  return { trace, details, runs: [await runs.get('run 1')] }
}

/** Reads a document with the library of the authors of PROV and asks it what is in there. */
const READ_PROV = `
from prov.model import ProvDocument, ProvRecord, ProvActivity, ProvEntity, ProvAgent
import io
document = ProvDocument.deserialize(content=given, format='json')
again = ProvDocument.deserialize(content=document.serialize(format='json'), format='json')
counts = {}
for record in document.get_records():
    name = record.get_type().localpart
    counts[name] = counts.get(name, 0) + 1
declared = set(str(r.identifier) for r in document.get_records((ProvEntity, ProvActivity, ProvAgent)))
used = set()
for record in document.get_records():
    if record.is_relation():
        for key, value in record.formal_attributes:
            if value is not None and key.localpart != 'time':
                used.add(str(value))
times = [str(t) for a in document.get_records(ProvActivity) for t in (a.get_startTime(), a.get_endTime())]
xml = io.BytesIO()
document.serialize(xml, format='xml')
provn = document.get_provn()
answer = {'counts': counts, 'same': document == again, 'open': sorted(used - declared), 'times': times, 'provn': provn, 'xml': len(xml.getvalue())}
`

test.skipIf(lacksPython('prov'))(
  'another library reads our PROV-JSON, whole, and writes it in the other forms of PROV',
  async () => {
    const { trace, runs } = await history('/crate')
    const document = JSON.parse(JSON.stringify(provDocument(trace, runs))) as Readonly<Record<string, object>>
    const answer = askPython(READ_PROV, JSON.stringify(document)) as Readonly<Record<string, unknown>>
    expect(answer).toMatchObject({
      same: true,
      open: [],
      counts: {
        Entity: 4,
        Activity: 2,
        Agent: 3,
        Usage: 2,
        Generation: 2,
        Derivation: 3,
        Association: 2,
        Delegation: 2,
      },
      times: expect.not.arrayContaining(['None']) as unknown,
    })
    expect(answer['provn']).toContain('wasDerivedFrom(')
    expect(answer['xml']).toBeGreaterThan(1000)
  },
)

type Entity = Readonly<Record<string, unknown>>

/** What the RO-Crate Metadata Specification 1.1 says must be, rule by rule, of a document and its folder. */
function crateFaults(document: unknown): readonly string[] {
  const faults: string[] = []
  const must = (isSo: boolean, rule: string): void => {
    if (!isSo) faults.push(rule)
  }
  const { '@context': context, '@graph': graph } = document as {
    '@context': unknown
    '@graph': readonly Entity[]
  }
  const contexts = Array.isArray(context) ? (context as unknown[]) : [context]
  must(contexts.includes('https://w3id.org/ro/crate/1.1/context'), '4.1: the context is that of 1.1')
  const own = new Set(
    contexts.flatMap((part) => (typeof part === 'object' && part !== null ? Object.keys(part) : [])),
  )
  const byId = new Map<unknown, Entity>()
  for (const entity of graph) {
    const { '@id': id, '@type': type } = entity
    must(typeof id === 'string' && id !== '', 'each entity has an @id')
    must(!byId.has(id), `@id ${String(id)} is described once`)
    byId.set(id, entity)
    must(type !== undefined, `${String(id)} has a @type`)
    // Flattened: what is nested is a reference, or a value of a type.
    for (const [name, value] of Object.entries(entity)) {
      for (const part of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof part !== 'object' || part === null) continue
        must(Object.keys(part).join() === '@id', `${String(id)}.${name} is a reference`)
      }
      must(name.startsWith('@') || own.has(name) || TERMS.has(name), `${name} is a term of the context`)
    }
    must(isReference(String(id)), `${String(id)} is a URI reference`)
  }
  const descriptor = byId.get('ro-crate-metadata.json')
  must(descriptor?.['@type'] === 'CreativeWork', '5.1: the descriptor is a CreativeWork')
  must(idOf(descriptor?.['about']) === './', '5.1: the descriptor is about the root')
  must(
    String(idOf(descriptor?.['conformsTo'])).startsWith('https://w3id.org/ro/crate/1.1'),
    '5.1: it conforms to 1.1',
  )
  const root = byId.get('./')
  must(root !== undefined && types(root).includes('Dataset'), '5.2: the root is a Dataset')
  for (const name of ['name', 'description', 'datePublished', 'license'])
    must(root?.[name] !== undefined && root[name] !== '', `5.2: the root has ${name}`)
  must(
    /^\d{4}-\d\d-\d\d(?:T.*)?$/.test(String(root?.['datePublished'])),
    '5.2: datePublished is ISO 8601, to the day at least',
  )
  const license = byId.get(idOf(root?.['license']))
  must(license?.['name'] !== undefined, '5.2: the licence is described')
  const linked = new Set(list(root?.['hasPart']).map(idOf))
  for (const entity of graph) {
    const id = String(entity['@id'])
    const isData = types(entity).some((type) => type === 'File' || (type === 'Dataset' && id !== './'))
    if (!isData) continue
    must(linked.has(id), `6: data entity ${id} is part of the root`)
    must(
      !id.startsWith('#') && !id.startsWith('/'),
      `6: data entity ${id} is a relative path or an absolute URI`,
    )
  }
  for (const id of linked) must(byId.has(id), `6: part ${String(id)} is described`)
  // References that go nowhere may be to the web only.
  for (const entity of graph)
    for (const value of Object.values(entity))
      for (const id of list(value).map(idOf))
        must(id === undefined || byId.has(id) || /^https?:/.test(id), `${id ?? ''} is described`)
  for (const action of graph.filter((entity) => types(entity).includes('CreateAction'))) {
    must(byId.get(idOf(action['instrument'])) !== undefined, '8: an action has an instrument')
    must(list(action['result']).length > 0, '8: an action has results')
    const status = String(idOf(action['actionStatus']))
    must(/^http:\/\/schema\.org\/\w+ActionStatus$/.test(status), `8: ${status} is a status of schema.org`)
  }
  return faults
}

/** Terms of the context of RO-Crate 1.1 (schema.org and Dublin Core) that the export uses. */
const TERMS = new Set(
  'about actionStatus agent conformsTo contentSize dateCreated datePublished description encodingFormat endTime hasPart identifier instrument license mainEntity mentions name object result softwareVersion startTime url variableMeasured'.split(
    ' ',
  ),
)

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && '@id' in value ? value['@id'] : undefined
  return typeof id === 'string' ? id : undefined
}

function types(entity: Entity): readonly unknown[] {
  return list(entity['@type'])
}

/** RFC 3986: letters that a reference may have, percent signs with two digits. */
function isReference(text: string): boolean {
  return (
    /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/.test(text) &&
    URL.canParse(text, 'https://crate.example/')
  )
}

describe('RO-Crate 1.1', () => {
  test('every rule of the specification holds', async () => {
    const folder = freshFolder()
    mkdirSync(join(folder, 'out dir'))
    writeFileSync(join(folder, 'out dir', 'mosaic?.fits'), 'hello')
    const { trace, details, runs } = await history(folder)
    for (const license of ['https://creativecommons.org/licenses/by/4.0/', 'all rights reserved']) {
      const options = { folder, name: 'M 42', description: 'a mosaic', license, publishedMs: 0 }
      const crate: unknown = JSON.parse(JSON.stringify(roCrate(trace, details, runs, options)))
      expect(crateFaults(crate)).toEqual([])
    }
  })

  test('the rules find what breaks them', () => {
    const root = {
      '@id': './',
      '@type': 'Dataset',
      name: 'n',
      description: 'd',
      datePublished: '2026',
      hasPart: [{ '@id': 'a b' }],
    }
    const graph = [root, { '@id': 'a b', '@type': 'File', odd: { deep: 1 } }, { '@id': 'c', '@type': 'File' }]
    const faults = crateFaults({ '@context': 'https://w3id.org/ro/crate/1.0/context', '@graph': graph })
    expect(faults).toEqual(
      expect.arrayContaining([
        '4.1: the context is that of 1.1',
        '5.1: the descriptor is a CreativeWork',
        '5.2: the root has license',
        '5.2: datePublished is ISO 8601, to the day at least',
        'a b is a URI reference',
        'a b.odd is a reference',
        'odd is a term of the context',
        '6: data entity c is part of the root',
      ]),
    )
  })
})
