import {
  count,
  either,
  flag,
  list,
  number,
  numberOrNull,
  type Part,
  record,
  text,
  texts,
  withOptional,
  word,
} from './parts.ts'

const sky = record({ lonDeg: number, latDeg: number })
const rejected = list(record({ name: text, code: text, reason: text }))
const region = record({ col: count, row: count, width: count, height: count })
const range = record({ low: number, high: number })

const parameters = record({
  method: text,
  background: text,
  solver: text,
  anchors: texts,
  combine: text,
  planes: texts,
  quality: texts,
  template: text,
  trimmed: flag,
  bitpix: number,
  threads: count,
  memoryBytes: count,
})

const mosaic = withOptional(
  {
    width: count,
    height: count,
    pixelScaleArcsec: number,
    centre: sky,
    frame: text,
    projection: text,
    finitePixels: count,
    min: numberOrNull,
    max: numberOrNull,
    mean: numberOrNull,
  },
  { unit: text },
)

const image = withOptional(
  {
    name: text,
    hdu: count,
    sizeBytes: count,
    sha256: text,
    width: count,
    height: count,
    footprint: list(sky),
    outline: list(record({ x: number, y: number })),
    region,
    coveredPixels: count,
    isAnchor: flag,
    correction: record({ a: number, b: number, c: number }),
    correctionAtCentre: number,
    mapErrorPixels: number,
    exactCellFraction: number,
  },
  {
    quality: withOptional(
      {
        maskedPixels: count,
        partners: list(record({ kind: word('weight', 'variance', 'mask'), name: text, sha256: text })),
      },
      { noise: numberOrNull, rejectedPixels: count },
    ),
  },
)

const pair = withOptional(
  {
    plus: text,
    minus: text,
    pixelCount: count,
    fit: record({ a: number, b: number, c: number, rms: number }),
    rmsBefore: numberOrNull,
    rmsAfter: numberOrNull,
    meanBefore: numberOrNull,
    meanAfter: numberOrNull,
    weight: number,
  },
  { rejected: text },
)

const made = record({
  program: text,
  version: text,
  createdAt: text,
  status: word('complete', 'partial'),
  parameters,
  mosaic,
  images: list(image),
  rejected,
  pairs: list(pair),
  groupCount: count,
  residual: record({ rmsBefore: numberOrNull, rmsAfter: numberOrNull }),
  stages: list(record({ stage: text, seconds: number, bytesRead: count, bytesWritten: count })),
  seconds: number,
  cpuSeconds: number,
  peakMemoryBytes: count,
  spilledBytes: count,
  products: list(record({ name: text, sizeBytes: count, sha256: text })),
  warnings: texts,
  run: text,
})

const forecast = record({
  template: record({ width: count, height: count, projection: text, frame: text, header: texts }),
  images: list(record({ name: text, hdu: count, sizeBytes: count })),
  rejected,
  inputBytes: count,
  pairCount: count,
  memoryBytes: count,
  forecast: record({
    cpuSeconds: range,
    wallSeconds: range,
    outputBytes: count,
    pixelBytes: count,
    spillBytes: count,
    peakBytes: number,
    work: record({
      imageCount: count,
      pairCount: count,
      inputBytes: count,
      compressedBytes: count,
      imagePixels: count,
      projectedPixels: count,
      pairPixels: count,
      mosaicPixels: count,
      outputBytes: count,
      spillBytes: count,
      method: text,
      combine: text,
      compress: text,
      threads: count,
    }),
  }),
})

const hips = record({
  outDir: text,
  order: count,
  frame: word('equatorial', 'galactic', 'ecliptic'),
  tileCounts: list(count),
  tileCount: count,
  bytesWritten: count,
  pixelScaleArcsec: number,
  skyFraction: number,
  areaDeg2: number,
  centre: sky,
  cut: record({ low: number, high: number, stretch: word('linear', 'sqrt', 'log', 'asinh') }),
  imageCount: count,
  rejected,
  seconds: number,
  cpuSeconds: number,
})

const verdict = withOptional(
  {
    file: text,
    run: text,
    isSound: flag,
    isAsRecorded: flag,
    changedInputs: list(withOptional({ lfn: text, problem: word('changed', 'missing') }, { path: text })),
    differences: texts,
    lines: texts,
  },
  { isIdentical: flag },
)

/** What `skyloom mosaic ... --json`, `verify --json` and `montage ... --json` print, by the name of its schema. */
export const MOSAIC_DOCUMENTS: Readonly<Record<string, Part>> = {
  // With --dry-run the forecast.
  'mosaic-make': either(made, forecast),
  'mosaic-plan': record({
    outDir: text,
    files: texts,
    width: count,
    height: count,
    images: texts,
    pairCount: count,
    beside: texts,
    rejected,
  }),
  'mosaic-hips': hips,
  verify: verdict,
  'montage-list': record({ modules: list(record({ name: text, summary: text, synopsis: texts })) }),
  'montage-install': record({ folder: text, isDryRun: flag, commands: texts }),
  // On standard error, while mosaics and HiPS are made and verified.
  'progress-line': withOptional(
    {
      type: word('progress'),
      stage: text,
      done: number,
      total: number,
      unit: text,
      elapsedMs: number,
    },
    { leftMs: number, bytes: count },
  ),
}
