import {
  count,
  either,
  flag,
  json,
  list,
  number,
  numberOrNull,
  orNull,
  type Part,
  record,
  table,
  text,
  texts,
  withOptional,
  word,
} from './parts.ts'

const info = record({
  file: text,
  hdus: list(
    record({
      index: count,
      name: text,
      version: count,
      type: text,
      bitpix: number,
      shape: list(count),
      cards: count,
      dataBytes: count,
    }),
  ),
  warnings: list(record({ code: text, message: text })),
})

const finding = record({
  code: text,
  severity: word('error', 'warning'),
  section: text,
  location: withOptional(
    {},
    {
      file: text,
      hdu: count,
      keyword: text,
      column: either(text, number),
      row: count,
      card: count,
      line: count,
      byteOffset: count,
    },
  ),
  message: text,
  isRepairable: flag,
})

const verified = record({
  file: text,
  hdus: list(withOptional({ index: count, name: text }, { type: text })),
  findings: list(finding),
  errorCount: count,
  warningCount: count,
  omittedCount: count,
  isComplete: flag,
})

const difference = withOptional(
  {
    index: count,
    name: text,
    structure: texts,
    cards: list(withOptional({ keyword: text }, { a: text, b: text })),
  },
  {
    pixels: withOptional(
      {
        compared: count,
        different: count,
        blankMismatch: count,
        maxAbsolute: numberOrNull,
        maxRelative: numberOrNull,
        rms: numberOrNull,
      },
      { first: list(count) },
    ),
    bytes: count,
  },
)

const repacked = record({
  file: text,
  out: text,
  changed: count,
  copied: count,
  bytesBefore: count,
  bytesAfter: count,
})

const points = record({
  file: text,
  frame: text,
  points: list(record({ x: numberOrNull, y: numberOrNull, lon: numberOrNull, lat: numberOrNull })),
})

const outline = list(orNull(record({ lon: number, lat: number })))

const doubt = record({
  code: text,
  severity: word('error', 'warning'),
  keywords: texts,
  problem: text,
  readings: list(record({ reading: text, isUsed: flag, shiftArcsec: numberOrNull })),
  fix: text,
})

/** What `skyloom fits ... --json` and `skyloom wcs ... --json` print, by the name of its schema. */
export const FITS_DOCUMENTS: Readonly<Record<string, Part>> = {
  // Several files: a list.
  'fits-info': either(info, list(info)),
  'fits-header': record({
    file: text,
    hdu: count,
    cards: list(withOptional({ keyword: text, value: json, comment: text }, { type: text })),
  }),
  'fits-stats': record({
    file: text,
    hdus: list(
      withOptional(
        { index: count, name: text, type: text, bitpix: number, shape: list(count) },
        {
          finite: count,
          blank: count,
          min: numberOrNull,
          max: numberOrNull,
          mean: numberOrNull,
          rms: numberOrNull,
        },
      ),
    ),
  }),
  'fits-verify': either(verified, list(verified)),
  'fits-table': record({
    file: text,
    hdu: count,
    columns: list(withOptional({ name: text, type: text }, { unit: text })),
    rows: list(table(json)),
  }),
  'fits-cutout': record({
    file: text,
    hdu: count,
    out: text,
    region: record({ col: count, row: count, width: count, height: count }),
  }),
  'fits-compress': repacked,
  'fits-uncompress': repacked,
  'fits-diff': record({ a: text, b: text, isEqual: flag, hduCounts: list(count), hdus: list(difference) }),
  'wcs-pix2sky': points,
  'wcs-sky2pix': points,
  'wcs-footprint': record({ file: text, frame: text, corners: outline, boundary: outline }),
  'wcs-doctor': record({
    file: text,
    hdus: list(
      withOptional({ hdu: count, isUsable: flag, findings: list(doubt) }, { projection: text, frame: text }),
    ),
  }),
}
