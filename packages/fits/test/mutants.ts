import { seededRandom } from '../../../testing/seeded-random.ts'
import { latin1Text } from '../src/header/latin1.ts'
import { concat, gzip, latin1 } from './bytes.ts'

/** A damaged file: what was done, and its bytes. */
export interface Mutant {
  readonly name: string
  readonly bytes: Uint8Array
}

type Mutator = (bytes: Uint8Array, random: () => number) => Uint8Array

const BLOCK = 2880
const RECORD = 80

/** Keywords on which readers rely, and values that lie. */
const TRUSTED = [
  'BITPIX',
  'NAXIS',
  'NAXIS1',
  'NAXIS2',
  'NAXIS3',
  'PCOUNT',
  'GCOUNT',
  'TFIELDS',
  'THEAP',
  'ZBITPIX',
  'ZNAXIS',
  'ZNAXIS1',
  'ZNAXIS2',
  'ZTILE1',
  'ZTILE2',
  'ZVAL1',
  'ZVAL2',
  'BLANK',
  'ZBLANK',
  'BSCALE',
  'BZERO',
  'TFORM1',
  'TFORM2',
  'ZCMPTYPE',
  'ZQUANTIZ',
  'ZDITHER0',
]
const LIES = [
  '0',
  '-1',
  '1',
  '7',
  '999',
  '1000000',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '1E300',
  'NaN',
  'T',
  "'1PB(99999999)'",
  "'9999999999E'",
  "'QB'",
  "'RICE_1'",
  "'GZIP_2'",
  "'HCOMPRESS_1'",
  "'PLIO_1'",
  "'__proto__'",
  '',
]
const STRANGE_RECORDS = [
  "__proto__= 'polluted'",
  "HIERARCH __proto__ polluted = 'yes'",
  "CONSTRUC= 'x'",
  "CONTINUE  'orphan&'",
  "LONG    = 'never ends&'",
  'END',
  'END     x',
  'XTENSION= 5',
  'SIMPLE  = F',
  "A       = 'open",
  '\0'.repeat(80),
  '\xff'.repeat(80),
]

function withRecord(bytes: Uint8Array, record: number, content: string): Uint8Array {
  const copy = bytes.slice()
  const padded = content.padEnd(RECORD).slice(0, RECORD)
  for (let index = 0; index < RECORD && record * RECORD + index < copy.length; index++) {
    copy[record * RECORD + index] = padded.charCodeAt(index)
  }
  return copy
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Records of the whole file that begin with a trusted keyword. */
function trustedRecords(bytes: Uint8Array): number[] {
  const records: number[] = []
  for (let record = 0; (record + 1) * RECORD <= bytes.length; record++) {
    const keyword = latin1Text(bytes.subarray(record * RECORD, record * RECORD + 8)).trimEnd()
    if (TRUSTED.includes(keyword)) records.push(record)
  }
  return records
}

const MUTATORS: Readonly<Record<string, Mutator>> = {
  cutAtBlock: (bytes, random) => bytes.slice(0, Math.floor((random() * bytes.length) / BLOCK) * BLOCK),
  cutNearBlock: (bytes, random) =>
    bytes.slice(
      0,
      Math.max(0, Math.floor((random() * bytes.length) / BLOCK) * BLOCK + pick([-1, 1, 79, 80, 81], random)),
    ),
  cutAnywhere: (bytes, random) => bytes.slice(0, Math.floor(random() * bytes.length)),
  lie: (bytes, random) => {
    const records = trustedRecords(bytes)
    if (records.length === 0) return bytes
    const record = pick(records, random)
    const keyword = latin1Text(bytes.subarray(record * RECORD, record * RECORD + 8))
    return withRecord(bytes, record, `${keyword}= ${pick(LIES, random).padStart(20)}`)
  },
  lieTwice: (bytes, random) => mutate('lie', mutate('lie', bytes, random), random),
  strangeRecord: (bytes, random) =>
    withRecord(bytes, Math.floor(random() * 40), pick(STRANGE_RECORDS, random)),
  swapRecords: (bytes, random) => {
    const [first, second] = [Math.floor(random() * 36), Math.floor(random() * 36)]
    const record = (at: number): string => latin1Text(bytes.subarray(at * RECORD, (at + 1) * RECORD))
    return withRecord(withRecord(bytes, first, record(second)), second, record(first))
  },
  dropRecord: (bytes, random) => {
    const at = Math.floor(random() * 40) * RECORD
    return concat(bytes.subarray(0, at), bytes.subarray(at + RECORD))
  },
  flipBytes: (bytes, random) => {
    const copy = bytes.slice()
    for (let count = 0; count < 8 && copy.length > 0; count++) {
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
    }
    return copy
  },
  flipBitsInHead: (bytes, random) => {
    const copy = bytes.slice()
    for (let count = 0; count < 4 && copy.length > 0; count++) {
      const at = Math.floor(random() * Math.min(copy.length, 3 * BLOCK))
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    }
    return copy
  },
  insertBytes: (bytes, random) => {
    const at = Math.floor(random() * bytes.length)
    const junk = Uint8Array.from({ length: 1 + Math.floor(random() * 100) }, () => Math.floor(random() * 256))
    return concat(bytes.subarray(0, at), junk, bytes.subarray(at))
  },
  repeatBlock: (bytes, random) => {
    const at = Math.floor((random() * bytes.length) / BLOCK) * BLOCK
    return concat(bytes.subarray(0, at + BLOCK), bytes.subarray(at))
  },
  history: (bytes, random) => {
    const at = 6 * RECORD
    const cards = 'HISTORY endless'.padEnd(RECORD).repeat(Math.floor(random() ** 4 * 50_000))
    return concat(bytes.subarray(0, at), latin1(cards), bytes.subarray(at))
  },
  gzip: (bytes, random) => mutate('flipBytes', gzip(bytes), random),
  cutGzip: (bytes, random) => mutate('cutAnywhere', gzip(bytes), random),
}

function mutate(name: string, bytes: Uint8Array, random: () => number): Uint8Array {
  return MUTATORS[name]?.(bytes, random) ?? bytes
}

/** So many mutants of these files, the same for the same seed. */
export function* mutantsOf(
  files: readonly Mutant[],
  count: number,
  seed: number,
): Generator<Mutant, void, undefined> {
  const names = Object.keys(MUTATORS)
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index)
    const file = pick(files, random)
    const mutator = pick(names, random)
    yield { name: `${index} ${mutator} ${file.name}`, bytes: mutate(mutator, file.bytes, random) }
  }
}
