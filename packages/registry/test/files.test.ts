import { describe, expect, test } from 'vitest'
import {
  type FileSearch,
  openRegistry,
  parseCondition,
  productFileId,
  type Registry,
  sourceFileId,
} from '../src/index.ts'
import { DIALECTS, databases } from './databases.ts'
import { all } from './sequences.ts'

const { open, url } = databases()

/** Five images in three bands, and a catalog. */
async function fill(registry: Registry): Promise<void> {
  const image = (id: string, metadata: Record<string, number | string | boolean>) => ({
    id,
    lfn: `${id}.fits`,
    type: 'image',
    sizeBytes: 1000 * id.length,
    metadata,
  })
  await registry.files.add({
    files: [
      image('a', { band: 'J', exptime: 7.8, date_obs: '1998-03-01T04:05:06.7', photometric: true }),
      image('bb', { band: 'J', exptime: 5, date_obs: '1999-01-01', photometric: false }),
      image('ccc', { band: 'H', exptime: 7.8, date_obs: '2000-11-24' }),
      image('dddd', { band: "K'; drop table file; --", exptime: 30 }),
      image('eeeee', { exptime: 8, object: '100%_sure' }),
      { id: 'cat', lfn: 'cat.fits', type: 'catalog', metadata: { rows: 12, band: 'J' } },
    ],
    replicas: [
      { fileId: 'a', site: 'local', pfn: '/data/a.fits' },
      { fileId: 'a', site: 'tape', pfn: 'srm://tape/a.fits' },
    ],
  })
  await registry.files.tag('best', ['a', 'ccc'])
}

const QUERIES: readonly { readonly query: string; readonly found: readonly string[] }[] = [
  { query: 'band = "J"', found: ['a', 'bb', 'cat'] },
  { query: "band = 'J' and exptime > 7", found: ['a'] },
  { query: 'band = "J" and exptime > 7 or rows = 12', found: ['a', 'cat'] },
  { query: 'band = "J" AND (exptime > 7 OR rows = 12)', found: ['a', 'cat'] },
  { query: 'band != "J"', found: ['ccc', 'dddd'] },
  { query: 'not band = "J"', found: ['ccc', 'dddd', 'eeeee'] },
  { query: 'band is missing', found: ['eeeee'] },
  { query: 'band is not missing and not exptime is missing', found: ['a', 'bb', 'ccc', 'dddd'] },
  { query: 'exptime between 7.8 and 8', found: ['a', 'ccc', 'eeeee'] },
  { query: 'exptime not between 7.8 and 8', found: ['bb', 'dddd', 'cat'] },
  { query: 'band in ("H", "K")', found: ['ccc'] },
  { query: 'date_obs < "1999-01-01"', found: ['a'] },
  { query: 'date_obs >= "1999-01-01T00:00:00"', found: ['bb', 'ccc'] },
  { query: 'date_obs = "1998-03-01T04:05:06.7Z"', found: ['a'] },
  { query: 'photometric = true', found: ['a'] },
  { query: 'photometric = false', found: ['bb'] },
  { query: `band = "K'; drop table file; --"`, found: ['dddd'] },
  { query: `band = 'K''; drop table file; --'`, found: ['dddd'] },
  { query: 'object like "100\\%\\_%"', found: ['eeeee'] },
  { query: 'object like "100__sure"', found: ['eeeee'] },
  { query: 'lfn like "%.FITS"', found: [] },
  { query: 'lfn like "a%"', found: ['a'] },
  { query: 'size >= 4000', found: ['dddd', 'eeeee'] },
  { query: 'site = "tape"', found: ['a'] },
  { query: 'pfn like "/data/%"', found: ['a'] },
  { query: 'tag = "best" and band = "H"', found: ['ccc'] },
  { query: 'type = "catalog"', found: ['cat'] },
  { query: 'run is missing and created > "2020-01-01"', found: ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'cat'] },
]

const FAULTS: readonly { readonly query: string; readonly message: string }[] = [
  { query: '', message: 'line 1, column 1: a name is missing: found the end of the query' },
  { query: 'band = ', message: 'line 1, column 8: a value is missing: found the end of the query' },
  {
    query: 'band = J',
    message: 'line 1, column 8: a value is missing: found J, allowed a quoted text such as "J"',
  },
  { query: 'band = "J', message: 'line 1, column 8: this text has no end: found "J' },
  { query: 'band = "J" and\n  exptime >', message: 'line 2, column 12: a value is missing' },
  {
    query: 'band = "J" exptime > 7',
    message: 'line 1, column 12: the query goes on after its end: found exptime',
  },
  { query: '(band = "J"', message: 'line 1, column 12: ) is missing after a bracket' },
  { query: 'band ; drop', message: 'line 1, column 6: this cannot stand here: found ; drop' },
  { query: 'band like 5', message: 'line 1, column 11: a pattern is missing after like' },
  { query: `${'('.repeat(60)}a = 1`, message: 'the query is nested too deep' },
  { query: Array(300).fill('a = 1').join(' or '), message: 'the query has too many comparisons' },
]

describe('queries that cannot be read', () => {
  test.for(FAULTS)('say where: $message', ({ query, message }) => {
    expect(() => parseCondition(query)).toThrow(message)
  })
})

describe.for(DIALECTS)('files in %s', (dialect) => {
  test('are found by what the query says', async () => {
    await using registry = await open(dialect)
    await fill(registry)
    for (const { query, found } of QUERIES) {
      const files = await all(registry.files.find({ where: parseCondition(query) }))
      expect(
        files.map(({ id }) => id),
        query,
      ).toEqual(found)
    }
  })

  test('say when a query names what no file has, or compares kinds that never meet', async () => {
    await using registry = await open(dialect)
    await fill(registry)
    const find = async (query: string): Promise<unknown> =>
      await all(registry.files.find({ where: parseCondition(query) }))
    await expect(find('bnad = "J"')).rejects.toThrow(
      'line 1, column 1: no file has metadata of this name: found bnad',
    )
    await expect(find('band = 7')).rejects.toThrow('band is never a number or time: found 7')
    await expect(find('exptime = "long"')).rejects.toThrow('exptime is never a text: found long')
    await expect(find('size = "big"')).rejects.toThrow('size is a number: found big')
    await expect(find('created > 5')).rejects.toThrow('created is a time: found 5')
  })

  test('are found by type, tag, run, quality and limit', async () => {
    await using registry = await open(dialect)
    await fill(registry)
    await registry.files.addMessages([
      { level: 'error', text: 'satellite', fileId: 'a', author: 'ada' },
      { level: 'info', text: 'fine', fileId: 'bb' },
    ])
    const ids = async (search: FileSearch): Promise<readonly string[]> =>
      (await all(registry.files.find(search))).map(({ id }) => id)
    expect(await ids({ type: 'catalog' })).toEqual(['cat'])
    expect(await ids({ tag: 'best' })).toEqual(['a', 'ccc'])
    expect(await ids({ runId: 'none' })).toEqual([])
    expect(await ids({ type: 'image', worst: 'info' })).toEqual(['bb', 'ccc', 'dddd', 'eeeee'])
    expect(await ids({ worst: 'none', limit: 1 })).toEqual(['ccc'])
    expect(await ids({})).toHaveLength(6)
  })

  test('come back with all that is known', async () => {
    await using registry = await open(dialect)
    await fill(registry)
    const outline = [
      [83, -6],
      [84, -6],
      [83.5, -5],
    ] as const
    await registry.files.add({
      files: [
        {
          id: 'a',
          lfn: 'a.fits',
          sha256: 'a'.repeat(64),
          metadata: { exptime: 9 },
          sky: {
            centreLonDeg: 83.5,
            centreLatDeg: -5.5,
            radiusDeg: 0.8,
            outline,
            cells: [{ order: 3, index: 100 }],
          },
        },
      ],
    })
    await registry.files.addMessages([{ level: 'warning', text: 'streak', fileId: 'a', timeMs: 5 }])
    expect(await registry.files.get('a')).toMatchObject({
      id: 'a',
      type: 'image',
      sizeBytes: 1000,
      sha256: 'a'.repeat(64),
      madeBy: null,
      replicas: [
        { site: 'local', pfn: '/data/a.fits' },
        { site: 'tape', pfn: 'srm://tape/a.fits' },
      ],
      metadata: { band: 'J', exptime: 9, date_obs: '1998-03-01T04:05:06.7', photometric: true },
      sky: { centreLonDeg: 83.5, centreLatDeg: -5.5, radiusDeg: 0.8, outline },
      tags: ['best'],
      messages: [{ level: 'warning', text: 'streak', timeMs: 5 }],
    })
    expect(await registry.files.metadataNames()).toContainEqual({ name: 'band', kinds: ['text'], files: 5 })
    expect(await registry.files.tags()).toEqual([{ tag: 'best', files: 2 }])
    expect(await registry.files.untag('best', ['a', 'bb'])).toBe(1)
  })

  test('are looked up by id, name, place and the beginning of the checksum', async () => {
    await using registry = await open(dialect)
    const id = sourceFileId('x.fits', `12345678${'0'.repeat(56)}`)
    await registry.files.add({
      files: [{ id, lfn: 'x.fits', sha256: `12345678${'0'.repeat(56)}` }],
      replicas: [{ fileId: id, site: 'local', pfn: '/data/x.fits' }],
    })
    for (const text of [id, 'x.fits', '/data/x.fits', '12345678'])
      expect(await registry.files.lookup(text), text).toMatchObject([{ id }])
    expect(await registry.files.lookup('1234567')).toEqual([])
    expect(await registry.files.lookup('%')).toEqual([])
    expect(await registry.files.replicas(['x.fits', 'y.fits'])).toEqual(
      new Map([
        [
          'x.fits',
          [
            {
              fileId: id,
              site: 'local',
              pfn: '/data/x.fits',
              sha256: `12345678${'0'.repeat(56)}`,
              sizeBytes: null,
            },
          ],
        ],
      ]),
    )
  })

  test('keep names with commas, quotes, Unicode, dashes and 255 bytes', async () => {
    await using registry = await open(dialect)
    const names = ['it\'s, "so"; --x', '-rf', 'Übergröße ☄', 'x'.repeat(255), '${x} %s \\ *', 'a\nb']
    await registry.files.add({
      files: names.map((lfn) => ({ id: sourceFileId(lfn), lfn, metadata: { object: lfn } })),
      replicas: names.map((lfn) => ({ fileId: sourceFileId(lfn), site: lfn, pfn: `/data/${lfn}` })),
    })
    for (const lfn of names) {
      const file = await registry.files.get(sourceFileId(lfn))
      expect(file).toMatchObject({
        lfn,
        metadata: { object: lfn },
        replicas: [{ site: lfn, pfn: `/data/${lfn}` }],
      })
    }
  })

  test('refuse other content under a known id, and values that cannot be', async () => {
    await using registry = await open(dialect)
    const add = async (file: Parameters<Registry['files']['add']>[0]['files'] & object): Promise<void> =>
      await registry.files.add({ files: file })
    await add([{ id: 'x', lfn: 'x', sha256: 'a'.repeat(64), sizeBytes: 5 }])
    await expect(add([{ id: 'x', lfn: 'x', sha256: 'b'.repeat(64) }])).rejects.toThrow(
      `x: a file of this id has another SHA-256: found ${'b'.repeat(64)}, allowed ${'a'.repeat(64)}; ` +
        'register other content under another id [REGISTRY_CONFLICT]',
    )
    await expect(add([{ id: 'x', lfn: 'y' }])).rejects.toMatchObject({ code: 'REGISTRY_CONFLICT' })
    await expect(add([{ id: 'x', lfn: 'x', sizeBytes: 6 }])).rejects.toMatchObject({
      code: 'REGISTRY_CONFLICT',
    })
    const bad = [
      { id: 'y', lfn: 'y', sha256: 'A'.repeat(64) },
      { id: 'y', lfn: 'y', sizeBytes: -1 },
      { id: 'y', lfn: 'y', sizeBytes: 0.5 },
      { id: 'y', lfn: '' },
      { id: 'y', lfn: 'y', metadata: { 'a b': 1 } },
      { id: 'y', lfn: 'y', metadata: { size: 1 } },
      { id: 'y', lfn: 'y', metadata: { x: Number.NaN } },
      { id: 'y', lfn: 'y', sky: { centreLonDeg: 0, centreLatDeg: 0, radiusDeg: 1, cells: [] } },
      {
        id: 'y',
        lfn: 'y',
        sky: { centreLonDeg: 0, centreLatDeg: 0, radiusDeg: 1, cells: [{ order: 1, index: 48 }] },
      },
    ]
    for (const file of bad) await expect(add([file])).rejects.toMatchObject({ code: 'REGISTRY_BAD_VALUE' })
    await expect(registry.files.get('y')).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    await expect(registry.files.tag('no blank', ['x'])).rejects.toMatchObject({ code: 'REGISTRY_BAD_VALUE' })
    await expect(registry.files.tag('t', ['nobody'])).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  test('are registered by several writers at once, in any order', async () => {
    const location = url(dialect)
    const writers = await Promise.all([1, 2, 3, 4].map(async () => await openRegistry(location)))
    const names = Array.from({ length: 300 }, (_, index) => `file-${index}`)
    await Promise.all(
      writers.map(async (writer, index) => {
        for (let round = 0; round < 5; round++) {
          const order = (index + round) % 2 === 0 ? names : names.toReversed()
          await writer.files.add({ files: order.map((id) => ({ id, lfn: id, metadata: { round } })) })
        }
      }),
    )
    expect((await writers[0]!.stats()).rows).toMatchObject({ file: 300, metadata: 300 })
    for (const writer of writers) await writer.close()
  })

  test('are traced back and forth', async () => {
    await using registry = await open(dialect)
    await registry.runs.create({ id: 'r', label: 'w', user: 'u', host: 'h', directory: '/r' })
    const lease = await registry.runs.acquireLease('r', 'me', 1000)
    const token = lease.isHeld ? 0 : lease.token
    const id = (lfn: string): string => productFileId('r', lfn)
    const raw = ['raw1', 'raw2', 'raw3'].map((lfn) => ({ id: sourceFileId(lfn), lfn }))
    const made = ['p1', 'p2', 'mosaic', 'picture'].map((lfn) => ({ id: id(lfn), lfn }))
    await registry.runs.commit('r', token, {
      files: [...raw, ...made],
      used: [
        { jobId: 'project1', attempt: 1, fileId: sourceFileId('raw1') },
        { jobId: 'project2', attempt: 2, fileId: sourceFileId('raw2') },
        { jobId: 'add', attempt: 1, fileId: id('p1') },
        { jobId: 'add', attempt: 1, fileId: id('p2') },
      ],
      generated: [
        { jobId: 'project1', attempt: 1, fileId: id('p1') },
        { jobId: 'project2', attempt: 2, fileId: id('p2') },
        { jobId: 'add', attempt: 1, fileId: id('mosaic') },
      ],
      derived: [{ parentId: id('mosaic'), childId: id('picture') }],
    })
    const lfns = (files: readonly { readonly lfn: string }[]): readonly string[] =>
      files.map(({ lfn }) => lfn).sort()
    const back = await registry.files.trace([id('picture')], { direction: 'ancestors' })
    expect(lfns(back.files)).toEqual(['mosaic', 'p1', 'p2', 'picture', 'raw1', 'raw2'])
    expect(back.steps.map(({ jobId, used, generated }) => ({ jobId, used, generated }))).toEqual([
      { jobId: 'add', used: [id('p1'), id('p2')], generated: [id('mosaic')] },
      { jobId: 'project1', used: [sourceFileId('raw1')], generated: [id('p1')] },
      { jobId: 'project2', used: [sourceFileId('raw2')], generated: [id('p2')] },
    ])
    expect(back.derived).toEqual([{ parentId: id('mosaic'), childId: id('picture') }])
    const forth = await registry.files.trace([sourceFileId('raw1')], { direction: 'descendants' })
    expect(forth.steps.map(({ jobId }) => jobId)).toEqual(['add', 'project1'])
    expect(forth.files.map(({ lfn }) => lfn)).toContain('picture')
    const short = await registry.files.trace([id('picture')], { direction: 'ancestors', maxSteps: 1 })
    expect(short).toMatchObject({ isCut: true, roots: [id('picture')] })
    expect(lfns(short.files)).toEqual(['mosaic', 'picture'])
  })
})
