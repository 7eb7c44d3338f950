import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { FitsWriter } from '../hdu/fits-writer.ts'
import { openFits } from '../hdu/open-fits.ts'
import { formatHeader } from '../header/format-header.ts'
import { Header } from '../header/header.ts'
import { latin1Bytes } from '../header/latin1.ts'
import { FINDINGS } from './finding.ts'
import { repairFits } from './repair-fits.ts'
import { type VerifyReport, verifyFits } from './verify-fits.ts'

/** A file of these blocks of cards, each with so many bytes of data behind it; cards as text, END is added. */
function fileOf(
  ...hdus: readonly { readonly cards: readonly string[]; readonly data?: Uint8Array }[]
): Uint8Array {
  const parts = hdus.flatMap(({ cards, data = new Uint8Array(0) }) => {
    const text = [...cards, 'END'].map((card) => card.padEnd(80)).join('')
    const padded = new Uint8Array(Math.ceil(data.length / 2880) * 2880)
    padded.set(data)
    return [latin1Bytes(text.padEnd(Math.ceil(text.length / 2880) * 2880)), padded]
  })
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  parts.reduce((offset, part) => {
    bytes.set(part, offset)
    return offset + part.length
  }, 0)
  return bytes
}

const verify = async (bytes: Uint8Array): Promise<VerifyReport> =>
  await verifyFits(await openFits(memorySource(bytes, 'x.fits')))

const PRIMARY = [
  'SIMPLE  =                    T',
  'BITPIX  =                    8',
  'NAXIS   =                    0',
]
const IMAGE = [
  'SIMPLE  =                    T',
  'BITPIX  =                  -32',
  'NAXIS   =                    1',
  'NAXIS1  =                    1',
]
const PIXEL = new Uint8Array(4)
const TABLE = [
  "XTENSION= 'BINTABLE'",
  'BITPIX  =                    8',
  'NAXIS   =                    2',
  'NAXIS1  =                   12',
  'NAXIS2  =                    1',
  'PCOUNT  =                    4',
  'GCOUNT  =                    1',
  'TFIELDS =                    2',
  "TFORM1  = 'J       '",
  "TFORM2  = 'PB(4)   '",
]
const ROW = Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 1, 2, 3, 4])
const TEXT_TABLE = [
  "XTENSION= 'TABLE   '",
  'BITPIX  =                    8',
  'NAXIS   =                    2',
  'NAXIS1  =                   10',
  'NAXIS2  =                  288',
  'PCOUNT  =                    0',
  'GCOUNT  =                    1',
  'TFIELDS =                    1',
  'TBCOL1  =                    1',
  "TFORM1  = 'I10     '",
]

const image = (...cards: string[]): Uint8Array => fileOf({ cards: [...IMAGE, ...cards], data: PIXEL })
const table = (...cards: string[]): Uint8Array =>
  fileOf({ cards: PRIMARY }, { cards: [...TABLE, ...cards], data: ROW })
/** A table some of whose cards are replaced by others of the same place. */
const tableWith = (change: Readonly<Record<number, string>>): Uint8Array =>
  fileOf({ cards: PRIMARY }, { cards: TABLE.map((card, index) => change[index] ?? card), data: ROW })
const changed = (bytes: Uint8Array, offset: number, value: number): Uint8Array => {
  const copy = bytes.slice()
  copy[offset] = value
  return copy
}

test('files that are right have no findings', async () => {
  for (const bytes of [
    image(),
    table(),
    fileOf({ cards: PRIMARY }, { cards: TEXT_TABLE, data: new Uint8Array(2880).fill(32) }),
  ]) {
    expect((await verify(bytes)).findings).toEqual([])
  }
})

/** Every kind of finding with a file that has it, what is said and whether `repairFits` mends it. */
const cases: readonly {
  code: keyof typeof FINDINGS
  name: string
  bytes: Uint8Array
  message: string
  isMended: boolean
}[] = [
  {
    code: 'FILE_LENGTH',
    name: 'a missing end',
    bytes: image().subarray(0, 2884),
    message: 'the file has 2884 bytes, no multiple of 2880',
    isMended: true,
  },
  {
    code: 'TRAILING_BYTES',
    name: 'a block of nothing',
    bytes: fileOf({ cards: IMAGE, data: new Uint8Array(2881) }),
    message: '2880 bytes without meaning follow the last HDU',
    isMended: true,
  },
  {
    code: 'NOT_CONFORMING',
    name: 'SIMPLE = F',
    bytes: fileOf({ cards: ['SIMPLE  =                    F', ...PRIMARY.slice(1)] }),
    message: 'SIMPLE is F: the file says that it does not conform to the standard',
    isMended: false,
  },
  {
    code: 'END_NOT_BLANK',
    name: 'words behind END',
    bytes: changed(image(), 4 * 80 + 20, 65),
    message: 'text follows END in its card',
    isMended: true,
  },
  {
    code: 'HEADER_FILL',
    name: 'zeros behind END',
    bytes: changed(image(), 2000, 0),
    message: 'the header is filled up with byte 0, but must be with blanks',
    isMended: true,
  },
  {
    code: 'BAD_CHARACTER',
    name: 'a tab',
    bytes: image("OBJECT  = 'a\tb'"),
    message: 'byte 0x09 in column 13 is not printable ASCII',
    isMended: true,
  },
  {
    code: 'BAD_KEYWORD',
    name: 'lower case',
    bytes: image('object  = 5'),
    message: "\"object  \" is no keyword: up to 8 of A-Z, 0-9, '-', '_'",
    isMended: true,
  },
  {
    code: 'BAD_KEYWORD',
    name: 'a blank in the name',
    bytes: image('A B     = 5'),
    message: "\"A B     \" is no keyword: up to 8 of A-Z, 0-9, '-', '_'",
    isMended: false,
  },
  {
    code: 'BAD_VALUE',
    name: 'no number',
    bytes: image('GAIN    = NaN'),
    message: 'the value of GAIN is not a string in quotes, T, F or a number',
    isMended: false,
  },
  {
    code: 'VALUE_FORM',
    name: 'exponent e',
    bytes: image('GAIN    = 1.5e3'),
    message: 'GAIN: the exponent letter is in lower case',
    isMended: true,
  },
  {
    code: 'VALUE_FORM',
    name: 'no blank',
    bytes: image('GAIN    =5'),
    message: 'GAIN: column 10 is not blank',
    isMended: true,
  },
  {
    code: 'VALUE_FORM',
    name: 'no slash',
    bytes: image("OBJECT  = 'M 42' Orion"),
    message: 'OBJECT: text follows the closing quote without a slash',
    isMended: true,
  },
  {
    code: 'ORPHAN_CONTINUE',
    name: 'nothing before',
    bytes: image("CONTINUE  'x'"),
    message: 'the card before does not end with & in a string',
    isMended: false,
  },
  {
    code: 'DUPLICATE_KEYWORD',
    name: 'two values',
    bytes: image('GAIN    = 1', 'GAIN    = 2'),
    message: 'GAIN is there twice: 2 after 1; the first counts',
    isMended: false,
  },
  {
    code: 'DUPLICATE_KEYWORD',
    name: 'the same',
    bytes: image('GAIN    = 1', 'GAIN    = 1'),
    message: 'GAIN is there twice: the same card again',
    isMended: true,
  },
  {
    code: 'MISSING_KEYWORD',
    name: 'no GCOUNT',
    bytes: tableWith({ 6: 'COMMENT x' }),
    message: 'GCOUNT is missing',
    isMended: true,
  },
  {
    code: 'MANDATORY_ORDER',
    name: 'NAXIS first',
    bytes: fileOf({ cards: [PRIMARY[0] ?? '', PRIMARY[2] ?? '', PRIMARY[1] ?? ''] }),
    message: 'card 2 is NAXIS, but must be BITPIX',
    isMended: true,
  },
  {
    code: 'MANDATORY_FORMAT',
    name: 'BITPIX to the left',
    bytes: fileOf({ cards: [PRIMARY[0] ?? '', 'BITPIX  = 8 / bits', PRIMARY[2] ?? ''] }),
    message: 'BITPIX is not in fixed format',
    isMended: true,
  },
  {
    code: 'MANDATORY_VALUE',
    name: 'GCOUNT 2',
    bytes: tableWith({ 6: 'GCOUNT  =                    2' }),
    message: 'GCOUNT is 2, but must be 1 in BINTABLE extensions',
    isMended: false,
  },
  {
    code: 'WRONG_TYPE',
    name: 'CRVAL in quotes',
    bytes: image("CRVAL1  = '83.8'"),
    message: "CRVAL1 is '83.8', but must be a number",
    isMended: false,
  },
  {
    code: 'NOT_ALLOWED',
    name: 'BLANK of floats',
    bytes: image('BLANK   = -1'),
    message: 'BLANK is only for integers; floating-point pixels without value are NaN',
    isMended: true,
  },
  {
    code: 'NOT_ALLOWED',
    name: 'an axis too many',
    bytes: image('NAXIS2  = 5'),
    message: 'NAXIS2 is there, but NAXIS is 1',
    isMended: true,
  },
  {
    code: 'NOT_ALLOWED',
    name: 'a column too many',
    bytes: table("TTYPE3  = 'x'"),
    message: 'TTYPE3 is there, but TFIELDS is 2',
    isMended: true,
  },
  {
    code: 'DEPRECATED',
    name: 'EPOCH',
    bytes: image('EPOCH   = 2000.0'),
    message: 'EPOCH is an old name of EQUINOX',
    isMended: false,
  },
  {
    code: 'DATE_FORM',
    name: 'no date',
    bytes: image("DATE-OBS= '2001-13-40'"),
    message: 'DATE-OBS is 2001-13-40, but must be YYYY-MM-DD[Thh:mm:ss[.s]]',
    isMended: false,
  },
  {
    code: 'SCALE_ZERO',
    name: 'BSCALE',
    bytes: image('BSCALE  = 0.0'),
    message: 'BSCALE is 0: all pixels have the value of BZERO',
    isMended: false,
  },
  {
    code: 'UNKNOWN_EXTENSION',
    name: 'a new type',
    bytes: tableWith({ 0: "XTENSION= 'NEWTYPE '" }),
    message: 'extensions of type NEWTYPE are not known',
    isMended: false,
  },
  {
    code: 'TABLE_LAYOUT',
    name: 'rows too wide',
    bytes: tableWith({ 8: "TFORM1  = 'I       '" }),
    message: 'NAXIS1 is 12, but the columns take 10 bytes',
    isMended: false,
  },
  {
    code: 'TABLE_LAYOUT',
    name: 'no form',
    bytes: tableWith({ 8: "TFORM1  = '4Z      '" }),
    message: "TFORM1 is '4Z', no form of binary tables",
    isMended: false,
  },
  {
    code: 'TABLE_LAYOUT',
    name: 'equal names',
    bytes: table("TTYPE1  = 'ra'", "TTYPE2  = 'RA'"),
    message: "TTYPE2 and TTYPE1 both name their column 'RA'",
    isMended: false,
  },
  {
    code: 'HEAP_RANGE',
    name: 'an array outside',
    bytes: changed(table(), 2 * 2880 + 7, 5),
    message: 'row 1 of column 2 has an array outside the heap of 4 bytes',
    isMended: false,
  },
  {
    code: 'DATA_FILL',
    name: 'no zeros',
    bytes: changed(image(), 2880 + 100, 7),
    message: 'the last block is filled up with byte 7, but must be with 0',
    isMended: true,
  },
  {
    code: 'CHECKSUM_WRONG',
    name: 'CHECKSUM',
    bytes: image("CHECKSUM= '0000000000000000'"),
    message: "CHECKSUM is '0000000000000000', but header and data do not sum up to zero",
    isMended: true,
  },
  {
    code: 'DATASUM_WRONG',
    name: 'DATASUM',
    bytes: image("DATASUM = '5'"),
    message: "DATASUM is '5', but the data sum up to 0",
    isMended: true,
  },
]

describe('findings', () => {
  test.for(cases)('$code: $name', async ({ code, bytes, message, isMended }) => {
    const report = await verify(bytes)
    const found = report.findings.find((finding) => finding.code === code)
    expect(found).toMatchObject({ message, section: FINDINGS[code].section })
    expect(report.isComplete).toBe(true)
    const sink = memorySink()
    const repair = await repairFits(await openFits(memorySource(bytes)), sink)
    const after = await verify(sink.bytes())
    expect(after.findings.some((finding) => finding.message === message)).toBe(!isMended)
    expect((isMended ? repair.repaired : repair.left).map((finding) => finding.message)).toContain(message)
    expect(found?.isRepairable ?? false).toBe(isMended)
  })

  test('say where they are', async () => {
    const { findings } = await verify(table('GAIN    = NaN'))
    expect(findings).toMatchObject([
      { location: { file: 'x.fits', hdu: 1, keyword: 'GAIN', card: 11, byteOffset: 2880 + 800 } },
    ])
  })

  test('of every kind are tested, here or with real files', () => {
    const elsewhere = ['HEADER_UNREADABLE', 'END_MISPLACED', 'DATA_CUT']
    const here = new Set(cases.map(({ code }) => code))
    expect(Object.keys(FINDINGS).filter((code) => !here.has(code as keyof typeof FINDINGS))).toEqual(
      elsewhere,
    )
  })

  test('without number are counted, but not all listed', async () => {
    const odd = Array.from({ length: 200_000 }, (_, index) => `k${index}`.padEnd(8).concat('= nonsense'))
    const bytes = fileOf({ cards: [...IMAGE, ...odd], data: PIXEL })
    const report = await verify(bytes)
    expect(report).toMatchObject({ errorCount: 400_000, omittedCount: 398_000 })
    expect(report.findings).toHaveLength(2000)
  })

  test('an empty CHECKSUM is not checked', async () => {
    expect((await verify(image("CHECKSUM= '        '", "DATASUM = '        '"))).findings).toEqual([])
  })
})

describe('repair', () => {
  test('keeps what is right to the byte', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    const writing = await writer.beginImage(
      { bitpix: -32, shape: [2, 2] },
      new Header().set('OBJECT', 'M 42').addHistory('made'),
    )
    await writing.writeRows(new Float32Array([1, 2, 3, 4]))
    await writing.end()
    const copy = memorySink()
    const report = await repairFits(await openFits(memorySource(sink.bytes())), copy)
    expect(report).toEqual({ repaired: [], left: [] })
    expect(copy.bytes()).toEqual(sink.bytes())
  })

  test.for([
    { name: 'missing data', bytes: image().subarray(0, 2883), message: /the data end early/ },
    {
      name: 'an unreadable header',
      bytes: formatHeader(new Header().set('SIMPLE', true).set('BITPIX', 9).set('NAXIS', 0)),
      message: /no such type of pixels/,
    },
  ])('is refused for $name', async ({ bytes, message }) => {
    const repairing = repairFits(await openFits(memorySource(bytes)), memorySink())
    await expect(repairing).rejects.toMatchObject({
      code: 'FITS_NOT_REPAIRABLE',
      message: expect.stringMatching(message) as string,
    })
  })
})
