import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { memorySink } from '@skyloom/base'
import { beginCompressedImage, FitsWriter, Header, type ImageLayout } from '@skyloom/fits'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder, repositoryRoot } from '../../../testing/folders.ts'
import { sharedJson, sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { loadModule, MODULE_NAMES } from '../src/command/registry.ts'
import type { ModuleOutcome } from '../src/command/run-module.ts'
import { runModuleIn } from './run-module-in.ts'

/** A way to call a module that reads an image. */
interface ImageCall {
  readonly module: string
  /** `IN` stands for the image, `OUT` begins the name of each file that is written. */
  readonly args: readonly string[]
  /** Reads only the header: cut pixels are none of its business. */
  readonly isHeaderOnly?: boolean
  /** Reads a part of the pixels: what lies beyond it may be missing. */
  readonly isPart?: boolean
  /** Writes its image, complete, before it finds that there is nothing to fit. */
  readonly writesFirst?: boolean
}

/** Every module that reads an image by its name; those that read images by tables call these. */
const IMAGE_CALLS: readonly ImageCall[] = [
  { module: 'mProject', args: ['IN', 'OUT.fits', 't.hdr'] },
  { module: 'mProjectPP', args: ['IN', 'OUT.fits', 't.hdr'] },
  { module: 'mProjectQL', args: ['IN', 'OUT.fits', 't.hdr'] },
  { module: 'mProjectCube', args: ['IN', 'OUT.fits', 't.hdr'] },
  { module: 'mShrink', args: ['IN', 'OUT.fits', '2'] },
  { module: 'mShrinkCube', args: ['IN', 'OUT.fits', '2'] },
  { module: 'mConvert', args: ['-b', '-32', 'IN', 'OUT.fits'] },
  { module: 'mDiff', args: ['-n', 'IN', 'IN', 'OUT.fits', 't.hdr'] },
  { module: 'mDiffFit', args: ['-nk', 'IN', 'IN', 'OUT.fits', 't.hdr'], writesFirst: true },
  { module: 'mFitplane', args: ['IN'] },
  { module: 'mBackground', args: ['-n', 'IN', 'OUT.fits', '0.01', '-0.02', '3'] },
  { module: 'mFlatten', args: ['IN', 'OUT.fits'] },
  { module: 'mGetHdr', args: ['IN', 'OUT.hdr'], isHeaderOnly: true },
  { module: 'mPutHdr', args: ['IN', 'OUT.fits', 't.hdr'] },
  { module: 'mHdrCheck', args: ['IN'], isHeaderOnly: true },
  { module: 'mPix2Coord', args: ['IN', '5', '6'], isHeaderOnly: true },
  { module: 'mCoord', args: ['IN', '83.8', '-5.4'], isHeaderOnly: true },
  { module: 'mSubimage', args: ['-p', 'IN', 'OUT.fits', '2', '3', '20', '10'], isPart: true },
  { module: 'mSubCube', args: ['-p', 'IN', 'OUT.fits', '2', '3', '20', '10'], isPart: true },
  { module: 'mTileImage', args: ['-t', '0,0', '-n', '2,2', 'IN'], isPart: true },
  { module: 'mFixNaN', args: ['IN', 'OUT.fits', '0', '5'] },
  { module: 'mExamine', args: ['IN'] },
  { module: 'mPad', args: ['IN', 'OUT.fits', '5', '4', '3', '2'] },
  { module: 'mRotate', args: ['-r', '30', 'IN', 'OUT.fits'] },
  { module: 'mMask', args: ['IN', 'OUT.fits', 'boxes.txt'] },
  { module: 'mTranspose', args: ['IN', 'OUT.fits', '2', '1'] },
  { module: 'mCatSearch', args: ['-c', 'stars.tbl', 'IN', 'OUT.tbl'], isHeaderOnly: true },
  { module: 'mCalibrate', args: ['-c', 'stars.tbl', 'IN', 'OUT.tbl'], isHeaderOnly: true },
  { module: 'mHistogram', args: ['-file', 'IN', 'min', 'max', 'gaussian-log', '-out', 'OUT.hist'] },
  { module: 'mViewer', args: ['-nowcs', '-gray', 'IN', 'min', 'max', '-out', 'OUT.png'] },
  { module: 'mHiPSTiles', args: ['IN', 'OUT'], isHeaderOnly: true },
]

/** Modules that find nothing to do with this image: it is no HEALPix map and has too few stars. */
const NO_OUTPUT_HERE: ReadonlySet<string> = new Set(['mHiPSTiles', 'mCalibrate'])

/** What an error of JavaScript says, and no sentence for a user. */
const INTERNAL =
  /Cannot read prop|is not a function|is not iterable|Invalid (?:typed )?array|undefined|is not defined|RangeError|TypeError|\n\s+at /
/** A call that takes longer hangs; the images are of 64 x 48 pixels. */
const LONGEST_MS = 10_000
const WIDTH = 64
const HEIGHT = 48

/** An image with gaps of data, a slope and a tangent plane. */
function imageParts(): { layout: ImageLayout; header: Header; pixels: Float32Array } {
  const header = new Header()
  const cards = {
    CTYPE1: 'RA---TAN',
    CTYPE2: 'DEC--TAN',
    CRVAL1: 83.8,
    CRVAL2: -5.4,
    CRPIX1: 32.5,
    CRPIX2: 24.5,
    CDELT1: -1 / 3600,
    CDELT2: 1 / 3600,
    EQUINOX: 2000,
  }
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value)
  const pixels = Float32Array.from(
    { length: WIDTH * HEIGHT },
    (_, index) => 100 + (index % WIDTH) / 4 + Math.floor(index / WIDTH) / 2 + ((index * 7919) % 13),
  )
  pixels[700] = Number.NaN
  return { layout: { bitpix: -32, shape: [HEIGHT, WIDTH] }, header, pixels }
}

/** The image as a file of its own, as HDU 2 behind another image, and tile-compressed as HDU 2. */
async function writeForms(folder: string): Promise<void> {
  const { layout, header, pixels } = imageParts()
  const save = async (name: string, fill: (writer: FitsWriter) => Promise<void>): Promise<void> => {
    const sink = memorySink()
    const writer = new FitsWriter(sink, { checksum: false })
    await fill(writer)
    await writer.commit()
    writeFileSync(join(folder, name), sink.bytes())
  }
  const addImage = async (writer: FitsWriter): Promise<void> => {
    const image = await writer.beginImage(layout, header)
    await image.writeRows(pixels)
    await image.end()
  }
  const addOther = async (writer: FitsWriter): Promise<void> => {
    const other = await writer.beginImage({ bitpix: 16, shape: [5, 5] })
    await other.writeRows(new Int16Array(25))
    await other.end()
  }
  await save('plain.fits', addImage)
  await save('many.fits', async (writer) => {
    await writer.writeEmptyPrimary()
    await addOther(writer)
    await addImage(writer)
  })
  await save('packed.fits.fz', async (writer) => {
    await writer.writeEmptyPrimary()
    await addOther(writer)
    const image = await beginCompressedImage(writer, layout, header, { method: 'GZIP_2' })
    await image.writeRows(pixels)
    await image.end()
  })
}

/** Template, boxes and stars that the calls name. */
async function writeOthers(folder: string): Promise<void> {
  await runModuleIn(folder, 'mGetHdr', 'plain.fits', 't.hdr')
  writeFileSync(join(folder, 'boxes.txt'), '1 3 1 3\n')
  writeFileSync(join(folder, 'stars.tbl'), '|   ra|  dec|   mag|\n|float|float|float|\n  83.8  -5.4   10.0\n')
}

async function call(
  folder: string,
  { module, args }: ImageCall,
  image: string,
  out: string,
  options: readonly string[] = [],
): Promise<ModuleOutcome> {
  const words = args.map((word) => (word === 'IN' ? image : word.replace(/^OUT/, out)))
  return await runModuleIn(folder, module, ...options, ...words)
}

function statOf({ stdout }: ModuleOutcome): string | undefined {
  return /\[struct stat="(\w+)".*\]\n$/.exec(stdout)?.[1]
}

/** Holds the outcome of a failure against what is promised for each. */
async function expectFailure(name: string, outcome: ModuleOutcome, named: RegExp): Promise<void> {
  const module = await loadModule(name)
  expect(statOf(outcome), outcome.stdout).toBe('ERROR')
  expect(outcome.exitCode, outcome.stdout).toBe(module?.errorExitCode)
  expect(outcome.stdout).not.toMatch(INTERNAL)
  expect(outcome.stdout).toMatch(named)
}

/** Paths of all files below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
}

describe('modules that read images', () => {
  let folder = ''
  const kept = keptFolder()
  beforeAll(async () => {
    folder = kept
    await writeForms(folder)
    await writeOthers(folder)
    writeFileSync(join(folder, 'a-file'), '')
  })

  test.each(IMAGE_CALLS)('$module names an image that is missing', async (image) => {
    const before = filesIn(folder)
    const outcome = await call(folder, image, 'missing.fits', 'out')
    await expectFailure(image.module, outcome, /missing\.fits/)
    expect(filesIn(folder)).toEqual(before)
  })

  const writing = IMAGE_CALLS.filter(
    ({ module, args }) => args.some((word) => word.startsWith('OUT')) && !NO_OUTPUT_HERE.has(module),
  )
  test.each(writing)('$module names a file that it cannot write', async (image) => {
    // A path below a file: not even the superuser can write there.
    const before = filesIn(folder)
    const outcome = await call(folder, image, 'plain.fits', 'a-file/out')
    await expectFailure(image.module, outcome, /a-file\/out/)
    expect(filesIn(folder)).toEqual(before)
  })

  const sameInAllForms = IMAGE_CALLS.filter(({ module }) => !NO_OUTPUT_HERE.has(module))
  test.each(sameInAllForms)('$module reads HDU 2 and compressed tiles as a plain image', async (image) => {
    const products: Record<string, unknown> = {}
    for (const [name, hdu] of [
      ['plain.fits', 0],
      ['many.fits', 2],
      ['packed.fits.fz', 2],
    ] as const) {
      const work = freshFolder()
      for (const file of ['t.hdr', 'boxes.txt', 'stars.tbl'])
        copyFileSync(join(folder, file), join(work, file))
      copyFileSync(join(folder, name), join(work, name))
      mkdirSync(join(work, 'out'))
      const module = await loadModule(image.module)
      const hasOption = module?.style !== 'words'
      const chosen = hdu === 0 || hasOption ? name : `${name}[${hdu}]`
      const options = hdu === 0 || !hasOption ? [] : ['-h', String(hdu)]
      const outcome = await call(work, image, chosen, 'out/o', options)
      expect(statOf(outcome), outcome.stdout).toBe('OK')
      // HDUs are counted, and headers of extensions have cards of their own.
      const line = outcome.stdout
        .replace(/n?hdu=\d+|time=[\d.]+|ncard=\d+/g, '')
        .replaceAll(chosen, name)
        .replaceAll(name, 'IN')
      const written = filesIn(join(work, 'out')).map((file) => {
        const bytes = readFileSync(join(work, 'out', file))
        return [file, image.module === 'mGetHdr' ? '' : dataOf(file, bytes)]
      })
      products[name] = { line, written }
    }
    expect(products['many.fits']).toEqual(products['plain.fits'])
    expect(products['packed.fits.fz']).toEqual(products['plain.fits'])
  })
})

/** The pixels of a FITS file without its header, all of other files but the names in them. */
function dataOf(file: string, bytes: Buffer): string {
  if (!file.endsWith('.fits'))
    return bytes.toString('latin1').replaceAll(/(?:plain|many|packed)\.fits\S*/g, 'IN')
  const end = bytes.toString('latin1').search(/END {77}/)
  return bytes.subarray(Math.ceil((end + 80) / 2880) * 2880).toString('base64')
}

interface Malformed {
  readonly file: string
  readonly expect: 'ok' | 'error' | 'skip' | 'any'
}

describe.skipIf(skipShared)('malformed images', () => {
  // Good files cost time and show nothing here, but those of an odd shape.
  const files = (
    skipShared ? [] : (sharedJson('data/malformed/manifest.json') as readonly Malformed[])
  ).filter(({ file, expect: wanted }) => wanted !== 'ok' || /^(?:one-|all-nan|infinities|naxis-4)/.test(file))
  let folder = ''
  const kept = keptFolder()
  beforeAll(async () => {
    folder = kept
    await writeForms(folder)
    await writeOthers(folder)
  })

  test.each(IMAGE_CALLS)(
    '$module answers each with a status line and leaves nothing unfinished',
    async (image) => {
      for (const { file, expect: wanted } of files) {
        const work = join(folder, 'work')
        rmSync(work, { recursive: true, force: true })
        mkdirSync(join(work, 'out'), { recursive: true })
        for (const name of ['t.hdr', 'boxes.txt', 'stars.tbl'])
          copyFileSync(join(folder, name), join(work, name))
        copyFileSync(sharedPath('data/malformed', file), join(work, file))
        const before = filesIn(work)
        const start = performance.now()
        const outcome = await call(work, image, file, 'out/o')
        expect(performance.now() - start, file).toBeLessThan(LONGEST_MS)
        expect(['OK', 'ERROR'], `${file}: ${outcome.stdout}`).toContain(statOf(outcome))
        if (statOf(outcome) === 'ERROR') {
          await expectFailure(image.module, outcome, /msg="[^"]+"/)
          if (image.writesFirst !== true) expect(filesIn(work), file).toEqual(before)
        }
        const isHidden = image.isHeaderOnly === true || image.isPart === true || file === 'axis-zero.fits'
        if (wanted === 'error' && !isHidden) {
          expect(statOf(outcome), `${file}: ${outcome.stdout}`).toBe('ERROR')
          expect(outcome.stdout).toContain(file)
        }
      }
    },
  )
})

test.each(MODULE_NAMES)('%s answers wrong arguments on standard output, without a stack', async (name) => {
  const module = await loadModule(name)
  for (const args of [['-?'], Array<string>(40).fill('x'), Array<string>(8).fill('')]) {
    const outcome = await runModuleIn(freshFolder(), name, ...args)
    expect(statOf(outcome), outcome.stdout).toBe('ERROR')
    expect([module?.usageExitCode, module?.errorExitCode]).toContain(outcome.exitCode)
    expect(outcome.stdout).not.toMatch(INTERNAL)
  }
})

test('images too large for any memory are told as such', async () => {
  const folder = freshFolder()
  await writeForms(folder)
  await runModuleIn(folder, 'mGetHdr', 'plain.fits', 't.hdr')
  const template = readFileSync(join(folder, 't.hdr'), 'latin1')
  writeFileSync(join(folder, 'huge.hdr'), template.replaceAll(/^(NAXIS[12] *=) .*$/gm, '$1 2000000000'))
  const before = filesIn(folder)
  for (const args of [
    ['mProject', 'plain.fits', 'out.fits', 'huge.hdr'],
    ['mShrink', 'plain.fits', 'out.fits', '1e-9'],
  ]) {
    const [name = '', ...words] = args
    await expectFailure(name, await runModuleIn(folder, name, ...words), /Not enough memory.*NAXIS1/)
  }
  expect(filesIn(folder)).toEqual(before)
})

test('a failing command writes nothing to standard error', async () => {
  const folder = freshFolder()
  writeFileSync(
    join(folder, 'cut.fits'),
    `${'SIMPLE  =                    T'.padEnd(80)}${'BITPIX'.padEnd(80)}`,
  )
  const command = join(repositoryRoot, 'packages/montage/bin/montage-module.js')
  for (const [name, ...args] of [
    ['mProject', 'cut.fits', 'out.fits', 'none.hdr'],
    ['mShrink', 'cut.fits', 'out.fits', '2'],
    ['mExamine', 'cut.fits'],
  ]) {
    const run = promisify(execFile)(process.execPath, [command, name ?? '', ...args], { cwd: folder })
    const failed = await run.catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 1, stderr: '' })
    expect(failed).toHaveProperty('stdout', expect.stringMatching(/^\[struct stat="ERROR", msg=".*"\]\n$/))
  }
  expect(filesIn(folder)).toEqual(['cut.fits'])
})
