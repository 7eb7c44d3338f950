import { isSkyloomError, memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { FitsWriter, openFits, readFitsTable, writeFitsTable } from '../src/index.ts'
import {
  makeColumn,
  makeTable,
  readCsvTable,
  readIpacTable,
  readVoTableDocument,
  selectColumns,
  type Table,
  writeCsvTable,
  writeIpacTable,
  writeVoTable,
} from '../src/tables/index.ts'
import { sampleTable } from './sample-table.ts'

/** Mutants for each reader: enough to find something now, many under CI. */
const MUTANTS_PER_READER = process.env.CI === 'true' ? 20_000 : 1500
/** What a hostile table may cost at most. */
const MAX_MS = 2000

const flat: Table = selectColumns(sampleTable(), ['i8', 'i64', 'f32', 'f64', 'name', 'flag'])

/** Pieces that mean something to one of the formats. */
const TOKENS = [
  ...[
    '|',
    '\\',
    '\n',
    '\r\n',
    '"',
    '""',
    ',',
    ';',
    ' ',
    '\t',
    '\0',
    '\uFEFF',
    '\\__proto__ = 1',
    '|__proto__|constructor|',
  ],
  ...[
    '<TABLE>',
    '</TABLE>',
    '<TR>',
    '<TD>',
    '</TD>',
    '<FIELD name="__proto__" datatype="double" arraysize="9999x*"/>',
    '<VOTABLE>',
    '&amp;',
  ],
  ...[
    '&x;',
    '&#0;',
    '&#x110000;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x',
    '<!DOCTYPE a [',
    '<BINARY>',
    '<STREAM encoding="base64">',
    '="',
  ],
  ...[
    'arraysize="1000000000"',
    'datatype="bit"',
    'null="0"',
    'encoding="gzip"',
    'href="file:///etc/passwd"',
    '/////////8=',
    '//79',
  ],
  ...[
    '1e999',
    '-0',
    '0x',
    '99999999999999999999999',
    'NaN',
    '1d5',
    '',
    '__proto__',
    'int',
    'double',
    '|'.repeat(500),
    'x'.repeat(5000),
  ],
]

/** A text with a few of its characters and pieces changed. */
function mutateText(text: string, random: () => number): string {
  let mutant = text
  const changes = 1 + Math.floor(random() * 4)
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random() * (mutant.length + 1))
    const length = Math.floor(random() * 20)
    const token = TOKENS[Math.floor(random() * TOKENS.length)] ?? ''
    switch (Math.floor(random() * 6)) {
      case 0:
        mutant = mutant.slice(0, at)
        break
      case 1:
        mutant = mutant.slice(0, at) + token + mutant.slice(at)
        break
      case 2:
        mutant = mutant.slice(0, at) + token + mutant.slice(at + length)
        break
      case 3:
        mutant = mutant.slice(0, at) + mutant.slice(at + length)
        break
      case 4:
        mutant = mutant.slice(0, at) + mutant.slice(Math.floor(random() * mutant.length))
        break
      default:
        mutant = mutant.slice(0, at) + String.fromCharCode(Math.floor(random() * 300)) + mutant.slice(at + 1)
    }
  }
  return mutant
}

/** Reads mutants of a text; errors of ours are what is wanted, all others fail the test. */
function readMutants(
  seeds: readonly string[],
  read: (text: string | Uint8Array) => unknown,
): Map<string, number> {
  const outcomes = new Map<string, number>()
  for (let index = 0; index < MUTANTS_PER_READER; index++) {
    const random = seededRandom(index)
    const text = mutateText(seeds[index % seeds.length] ?? '', random)
    const start = performance.now()
    const outcome = outcomeOf(() => read(index % 5 === 0 ? new TextEncoder().encode(text) : text), index)
    expect(performance.now() - start, `mutant ${index}`).toBeLessThan(MAX_MS)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect(Object.prototype).not.toHaveProperty('polluted')
  expect(Object.keys(Object.prototype)).toEqual([])
  return outcomes
}

function outcomeOf(use: () => unknown, index: number): string {
  try {
    use()
    return 'read'
  } catch (error) {
    if (isSkyloomError(error) && error.code.startsWith('TABLE_')) return error.code
    throw new Error(`mutant ${index}`, { cause: error })
  }
}

async function fitsBytes(table: Table, type: 'bintable' | 'table'): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  await writeFitsTable(writer, table, { type })
  await writer.commit()
  return sink.bytes()
}

describe('damaged tables fail with errors of ours, or are read', () => {
  test('IPAC', () => {
    const outcomes = readMutants([writeIpacTable(flat)], (text) => readIpacTable(text))
    expect(outcomes.get('read')).toBeGreaterThan(MUTANTS_PER_READER / 10)
    expect(outcomes.get('TABLE_BAD_VALUE')).toBeGreaterThan(0)
  })

  test('CSV', () => {
    const outcomes = readMutants([writeCsvTable(flat)], (text) => readCsvTable(text))
    expect(outcomes.get('read')).toBeGreaterThan(MUTANTS_PER_READER / 10)
    expect(outcomes.get('TABLE_BAD_SYNTAX')).toBeGreaterThan(0)
  })

  test('VOTable', () => {
    const seeds = (['tabledata', 'binary', 'binary2'] as const).map((serialization) =>
      writeVoTable(sampleTable(), { serialization }),
    )
    const outcomes = readMutants(seeds, (text) => readVoTableDocument(text))
    expect(outcomes.get('read')).toBeGreaterThan(MUTANTS_PER_READER / 50)
    expect(outcomes.get('TABLE_BAD_SYNTAX')).toBeGreaterThan(0)
  })

  test('binary streams of VOTables', () => {
    const outcomes = new Map<string, number>()
    for (let index = 0; index < MUTANTS_PER_READER; index++) {
      const document = writeVoTable(sampleTable(), { serialization: index % 2 === 0 ? 'binary' : 'binary2' })
      const [before = '', stream = '', after = ''] = document.split(/(?<=base64">)|(?=<.STREAM>)/)
      const bytes = Uint8Array.from(atob(stream.replaceAll('\n', '')), (char) => char.charCodeAt(0))
      const mutant = mutateBytes(bytes, 0, bytes.length, seededRandom(index))
      const text = before + btoa(String.fromCharCode(...mutant)) + after
      const outcome = outcomeOf(() => readVoTableDocument(text), index)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect(outcomes.get('read')).toBeGreaterThan(MUTANTS_PER_READER / 20)
    expect(outcomes.get('TABLE_TRUNCATED')).toBeGreaterThan(0)
  })

  test('FITS', async () => {
    const files = [
      await fitsBytes(sampleTable(), 'bintable'),
      await fitsBytes(selectColumns(flat, ['i8', 'i64', 'f32', 'f64', 'name']), 'table'),
      await fitsBytes(heapTable(), 'bintable'),
    ]
    const outcomes = new Map<string, number>()
    for (let index = 0; index < MUTANTS_PER_READER; index++) {
      const random = seededRandom(index)
      const mutant = mutateFits(files[index % files.length] ?? new Uint8Array(0), random)
      const start = performance.now()
      const outcome = await fitsOutcome(mutant, String(index))
      expect(performance.now() - start, `mutant ${index}`).toBeLessThan(MAX_MS)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect(outcomes.get('read')).toBeGreaterThan(MUTANTS_PER_READER / 10)
    for (const code of ['FITS_BAD_TABLE', 'FITS_BAD_DESCRIPTOR', 'FITS_TRUNCATED', 'FITS_BAD_FIELD']) {
      expect(outcomes.get(code), code).toBeGreaterThan(0)
    }
  })
})

/** A few bytes of a range changed, or the end cut off. */
function mutateBytes(bytes: Uint8Array, from: number, to: number, random: () => number): Uint8Array {
  const copy = bytes.slice(0, random() < 0.1 ? Math.floor(from + random() * (to - from)) : bytes.length)
  const changes = 1 + Math.floor(random() * 4)
  for (let change = 0; change < changes; change++) {
    const at = from + Math.floor(random() * (to - from))
    if (at < copy.length)
      copy[at] = [0, 0xff, 0x7f, 0x80, Math.floor(random() * 256)][Math.floor(random() * 5)] ?? 0
  }
  return copy
}

const HEADER_BYTES = 2 * 2880
const LIES = [
  ...[
    '0',
    '1',
    '-1',
    '7',
    '999',
    '1000',
    '2147483648',
    '9007199254740993',
    '-9223372036854775808',
    '1E300',
    'T',
    '',
  ],
  ...[
    "'1PB(9)'",
    "'QE'",
    "'0A'",
    "'9999999999E'",
    "'999999999999999X'",
    "'A60'",
    "'I99'",
    "'(1,2,3)'",
    "'(0)'",
    "'(99999999,99999999)'",
    "'__proto__'",
  ],
]

/** A table whose header lies, or whose rows and heap are damaged. */
function mutateFits(bytes: Uint8Array, random: () => number): Uint8Array {
  if (random() < 0.5) return mutateBytes(bytes, HEADER_BYTES, bytes.length, random)
  const copy = bytes.slice()
  const records: number[] = []
  for (let at = 2880; at < bytes.length && records.length < 120; at += 80) {
    const keyword = new TextDecoder().decode(bytes.subarray(at, at + 10))
    if (keyword.startsWith('END ')) break
    if (/^(?:NAXIS|PCOUNT|GCOUNT|TFIELDS|THEAP|TFORM|TDIM|TNULL|TSCAL|TZERO|TBCOL|TTYPE).*= $/.test(keyword))
      records.push(at)
  }
  const at = records[Math.floor(random() * records.length)] ?? 2880
  const lie = LIES[Math.floor(random() * LIES.length)] ?? ''
  copy.set(new TextEncoder().encode((lie.startsWith("'") ? lie : lie.padStart(20)).padEnd(70)), at + 10)
  return copy
}

async function fitsOutcome(bytes: Uint8Array, name: string): Promise<string> {
  try {
    await using file = await openFits(memorySource(bytes, 'mutant.fits'))
    for await (const hdu of file.hdus())
      if (hdu.type === 'bintable' || hdu.type === 'table') await readFitsTable(hdu)
    return 'read'
  } catch (error) {
    if (isSkyloomError(error) && error.code.startsWith('FITS_')) return error.code
    throw new Error(`mutant ${name}`, { cause: error })
  }
}

/** Many variable-length arrays: most of its bytes are descriptors and heap. */
function heapTable(): Table {
  const offsets = Float64Array.from({ length: 201 }, (_, row) => row * (row % 7))
  offsets.sort()
  return makeTable([
    makeColumn('v', 'float64', new Float64Array(offsets.at(-1) ?? 0), { cellShape: [0], offsets }),
    makeColumn('b', 'bit', new Uint8Array(offsets.at(-1) ?? 0), { cellShape: [0], offsets }),
  ])
}
