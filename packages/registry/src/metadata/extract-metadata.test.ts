import { describe, expect, test } from 'vitest'
import { DEFAULT_DEFINITIONS } from './default-definitions.ts'
import { metadataDefinitionsJsonSchema, parseMetadataDefinitions } from './definitions.ts'
import { extractMetadata, type FileFacts } from './extract-metadata.ts'
import { matchFilename } from './filename-pattern.ts'

type Cards = Readonly<Record<string, string | number | boolean>>

function facts(hdus: readonly Cards[], more: Partial<FileFacts> = {}): FileFacts {
  return {
    name: 'D00123456_J.fits',
    hdus: hdus.map((cards, index) => ({ index, keyword: (name) => cards[name] })),
    dataHdu: hdus.length - 1,
    computed: { width: 512, height: 1024 },
    ...more,
  }
}

const RULES = parseMetadataDefinitions(
  JSON.stringify({
    fileTypes: {
      raw: {
        metadata: {
          expnum: {
            kind: 'integer',
            required: true,
            from: [{ header: 'EXPNUM' }, { filename: 'D${expnum:8}_${band}.fits' }],
          },
          band: { kind: 'text', from: [{ filename: 'D${expnum:8}_${band}.fits' }], map: { J: 'J2MASS' } },
          exptime: { kind: 'real', from: [{ header: ['EXPTIME', 'EXPOSURE'] }] },
          date_obs: { kind: 'time', from: [{ header: 'DATE-OBS', hdu: 'primary' }] },
          good: { kind: 'boolean', from: [{ header: 'GOOD', hdu: 'any' }] },
          side: { kind: 'integer', from: [{ computed: 'width' }] },
          filter: { kind: 'text', from: [{ copied: 'band' }] },
          project: { kind: 'text', from: [{ value: 'DES' }] },
        },
      },
    },
  }),
  'rules.json',
).fileTypes['raw']!

describe('metadata', () => {
  test('come from headers, the name, the reader, other metadata and constants', () => {
    const primary = { 'DATE-OBS': '01/03/98', GOOD: 'T', EXPTIME: 1 }
    expect(extractMetadata(RULES, facts([primary, { EXPOSURE: ' 7.8D0 ' }]))).toEqual({
      metadata: {
        expnum: 123456,
        band: 'J2MASS',
        exptime: 7.8,
        date_obs: '1998-03-01',
        good: true,
        side: 512,
        filter: 'J2MASS',
        project: 'DES',
      },
      warnings: [],
    })
  })

  test('that the user gives count first, also without a definition', () => {
    const given = { band: 'K', survey: '2MASS' }
    expect(extractMetadata(RULES, facts([{}], { given })).metadata).toMatchObject({
      band: 'K',
      survey: '2MASS',
    })
  })

  test('of the wrong kind are left out with a warning, or refused when they are required', () => {
    expect(extractMetadata(RULES, facts([{ EXPTIME: 'long', 'DATE-OBS': '1998-02-30' }]))).toMatchObject({
      warnings: [
        'D00123456_J.fits: exptime is no real: long',
        'D00123456_J.fits: date_obs is no time: 1998-02-30',
      ],
    })
    expect(() => extractMetadata(RULES, facts([{ EXPNUM: 1.5 }]))).toThrow(
      'D00123456_J.fits, metadata expnum: required metadata are of the wrong kind: found 1.5, allowed integer',
    )
    expect(() => extractMetadata(RULES, facts([{}], { name: 'x.fits' }))).toThrow(
      'x.fits, metadata expnum: required metadata are missing',
    )
  })
})

test('a file name fits a pattern whole or not at all', () => {
  expect(matchFilename('D${n:8}_${band}_c${ccd:2}.fits', 'D00123456_r_c07.fits')).toEqual(
    new Map([
      ['n', '00123456'],
      ['band', 'r'],
      ['ccd', '07'],
    ]),
  )
  expect(matchFilename('${a}_${b}.fits', 'x_y_z.fits')).toEqual(
    new Map([
      ['a', 'x'],
      ['b', 'y_z'],
    ]),
  )
  for (const name of ['D0012345_r_c07.fits', 'D00123456_r_c7.fits', 'D00123456_r_c07.fits.gz', ''])
    expect(matchFilename('D${n:8}_${band}_c${ccd:2}.fits', name), name).toBeUndefined()
})

test('definitions say where they are wrong', () => {
  const parse = (document: unknown): unknown => parseMetadataDefinitions(JSON.stringify(document), 'x.json')
  const rule = (more: object): unknown => ({
    fileTypes: { image: { metadata: { band: { from: [], ...more } } } },
  })
  expect(() => parse(rule({ kind: 'number' }))).toThrow(/^x\.json, fileTypes\.image\.metadata\.band\.kind: /)
  expect(() => parse(rule({ kind: 'text', require: true }))).toThrow('REGISTRY_BAD_DEFINITION')
  expect(() =>
    parse({ fileTypes: { image: { metadata: { size: { kind: 'integer', from: [] } } } } }),
  ).toThrow('every file has a field of this name: found size')
  expect(() => parseMetadataDefinitions('{', 'x.json')).toThrow('x.json: this is no JSON')
  expect(parse(DEFAULT_DEFINITIONS)).toEqual(DEFAULT_DEFINITIONS)
  expect(metadataDefinitionsJsonSchema()).toMatchObject({ type: 'object', required: ['fileTypes'] })
})
