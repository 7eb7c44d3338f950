import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { memorySink } from '@skyloom/base'
import { FitsWriter, Header } from '@skyloom/fits'
import { beforeEach, describe, expect, test } from 'vitest'
import { demoImages, freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import type { ModuleOutcome } from '../src/command/run-module.ts'
import { mCombineHist } from '../src/viewer/combine-hist.ts'
import { mHistogram } from '../src/viewer/histogram.ts'
import { mViewer } from '../src/viewer/viewer.ts'
import { differenceOf, readRgb } from './conformance/compare-png.ts'
import { runModuleIn } from './run-module-in.ts'

let folder = ''
beforeEach(async () => {
  folder = freshFolder()
  await writeImage('in.fits', 60, 40, (col, row) => col + 2 * row)
})

/** A north-up TAN image around (10, 20), 3.6 arcsec a pixel. */
async function writeImage(
  name: string,
  width: number,
  height: number,
  value: (col: number, row: number) => number,
  further: readonly (readonly [string, string | number])[] = [],
): Promise<void> {
  const header = new Header({ file: name })
  const cards = [
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRVAL1', 10],
    ['CRVAL2', 20],
    ['CRPIX1', (width + 1) / 2],
    ['CRPIX2', (height + 1) / 2],
    ['CDELT1', -0.001],
    ['CDELT2', 0.001],
    ['EQUINOX', 2000],
    ...further,
  ] as const
  for (const [keyword, content] of cards) {
    if (typeof content === 'number') header.setFloat(keyword, content)
    else header.set(keyword, content)
  }
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  const image = await writer.beginImage({ bitpix: -32, shape: [height, width] }, header)
  await image.writeRows(
    Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
  )
  await image.end()
  await writer.commit()
  writeFileSync(join(folder, name), sink.bytes())
}

const run = async (name: string, ...args: readonly string[]): Promise<ModuleOutcome> =>
  await runModuleIn(folder, name, ...args)

const view = async (...args: readonly string[]): Promise<ModuleOutcome> => await run('mViewer', ...args)

/** The colour of a FITS pixel, counted from 1. */
function colorAt(name: string, fitsX: number, fitsY: number): readonly number[] {
  const { width, height, data } = readRgb(join(folder, name))
  const at = 3 * ((height - fitsY) * width + fitsX - 1)
  return [...data.subarray(at, at + 3)]
}

describe('errors of mViewer, in the words of Montage', () => {
  const gray = ['-gray', 'in.fits', 'min', 'max']
  const out = ['-out', 'x.png']
  test.for<readonly [string, readonly string[], number]>([
    ['Too few arguments following -gray flag', ['-gray', 'in.fits'], 1],
    ['Invalid directive: -foo', [...gray, '-foo', ...out], 1],
    ["Invalid 'directive': foo (probably a misplaced argument)", [...gray, 'foo', ...out], 1],
    ['No output PNG or JPEG file name given', gray, 1],
    ['No PNG output file argument.', [...gray, '-out'], 0],
    ['No JPEG output file argument.', [...gray, '-jpeg'], 0],
    ['No input JSON data argument.', ['-json'], 0],
    ['No input JSON file argument.', ['-jfile'], 0],
    ['Failed to open JSON file: none.json', ['-jfile', 'none.json', ...out], 1],
    ['No input FITS file name given', ['-ct', '3', ...out], 1],
    ["No input 'blue' FITS file name given", ['-red', 'in.fits', 'min', 'max', ...out], 1],
    ['File none.fits not found.', ['-gray', 'none.fits', 'min', 'max', ...out], 1],
    ['Color table index must be a number between 0 and 11', ['-ct', '12', ...gray, ...out], 1],
    ['Color enhancement parameter must be a number between 1. and 4.', ['-t', '5', ...gray, ...out], 1],
    ['Font scale parameter must a number greater than zero.', ['-fontscale', '0', ...gray, ...out], 1],
    ["'abc' is not a valid display min", ['-gray', 'in.fits', 'abc', 'max', ...out], 1],
    ["'105%': percentile display max larger than 100", ['-gray', 'in.fits', 'min', '105%', ...out], 1],
    ["'x' is not a valid beta value", ['-gray', 'in.fits', 'min', 'max', 'asinh', 'x', ...out], 1],
    ['Invalid symbol size', [...gray, '-symbol', '10q', ...out], 1],
    ['Invalid symbol type', [...gray, '-symbol', '1', 'blob', ...out], 1],
    [
      'Invalid vertex count for symbol (must be an integer >= 3)',
      [...gray, '-symbol', '1', '0', '2', ...out],
      1,
    ],
    ['Invalid table file [none.tbl].', [...gray, '-catalog', 'none.tbl', ...out], 1],
    ['Invalid table file [none.tbl].', [...gray, '-imginfo', 'none.tbl', ...out], 1],
    ['Cannot open histogram file: none', ['-gray', 'in.fits', '-histfile', 'none', ...out], 1],
    [
      'FreeType: Could not find or load font file.',
      [...gray, '-fontfile', 'in.fits', '-mark', '10', '20', ...out],
      1,
    ],
    ['Invalid coordinate system: qq', [...gray, '-grid', 'qq', ...out], 1],
    ["Cannot write output file 'none/x.png'", [...gray, '-out', 'none/x.png'], 1],
    ['Plane 2 of axis 3 is not in in.fits', ['-gray', 'in.fits[0][2]', 'min', 'max', ...out], 1],
  ])('%s', async ([problem, args, exitCode]) => {
    const outcome = await view(...args)
    expect(outcome.stdout).toBe(`[struct stat="ERROR", msg="${problem.replaceAll('"', "'")}"]\n`)
    expect(outcome.exitCode).toBe(exitCode)
    expect(readdirSync(folder)).toEqual(['in.fits'])
  })

  test('an image without data, images of different skies and sizes', async () => {
    await writeImage('blank.fits', 5, 5, () => Number.NaN)
    await writeImage('aside.fits', 60, 40, (col) => col, [['CRVAL1', 11]])
    await writeImage('small.fits', 30, 40, (col) => col)
    expect((await view('-gray', 'blank.fits', 'min', 'max', ...out)).stdout).toContain('no non-blank pixels')
    const pair = (blue: string) => ['-red', 'in.fits', 'min', 'max', '-blue', blue, 'min', 'max', ...out]
    expect((await view(...pair('aside.fits'))).stdout).toContain("don't have matching projections")
    expect((await view('-nowcs', ...pair('aside.fits'))).exitCode).toBe(0)
    expect((await view('-nowcs', ...pair('small.fits'))).stdout).toContain("don't have the same size")
  })
})

describe('JSON descriptions', () => {
  const image = { fits_file: 'in.fits', stretch_min: 'min', stretch_max: 'max' }
  const overlay = (one: object) => JSON.stringify({ gray_file: image, overlays: [one] })
  test.for([
    ['{', 'Invalid JSON structure.'],
    ['[]', 'Invalid JSON structure.'],
    ['{}', 'No input FITS file name given'],
    ['{"gray_file":{}}', "Gray file has no 'fits_file' attribute."],
    ['{"image_type":"color","red_file":{}}', "Red file has no 'fits_file' attribute."],
    ['{"gray_file":{"fits_file":"in.fits"}}', "'' is not a valid display min"],
    [
      JSON.stringify({ image_type: 'grayscale', red_file: image }),
      'Grayscale/pseudocolor mode but no gray image given',
    ],
    [
      JSON.stringify({ gray_file: image, color_table: 30 }),
      'Color table index must be a number between 0 and 11',
    ],
    [overlay({}), "Overlay 0 has no 'type' attribute."],
    [overlay({ type: 'grid' }), "Overlay 0 has no 'coord_sys' attribute."],
    [overlay({ type: 'catalog' }), "Overlay 0 has no 'data_file' attribute."],
    [overlay({ type: 'mark', lon: 1 }), "Overlay 0 has no 'lat' attribute."],
    [overlay({ type: 'label', lon: 1, lat: 2 }), "Overlay 0 has no 'text' attribute."],
    [overlay({ type: 'mark', lon: 1, lat: 2, symbol: 'blob' }), 'Invalid symbol attribute for overlay 0.'],
    [overlay({ type: 'mark', lon: 1, lat: 2, sym_size: 'x' }), 'Invalid symbol size in overlay 0.'],
  ] as const)('%s', async ([text, problem]) => {
    const outcome = await view('-json', text, '-out', 'x.png')
    expect(outcome.stdout).toBe(`[struct stat="ERROR", msg="${problem}"]\n`)
    expect(existsSync(join(folder, 'x.png'))).toBe(false)
  })

  test('a description gives the picture that directives give', async () => {
    writeFileSync(
      join(folder, 'cat.tbl'),
      '|   ra   |  dec   | mag  |\n| double | double |double|\n  10.005   20.004   1.5 \n',
    )
    const description = {
      image_type: 'color',
      true_color: 1.5,
      red_file: { ...image, stretch_mode: 'log' },
      green_file: image,
      blue_file: { ...image, stretch_mode: 'asinh', stretch_beta: '3' },
      overlays: [
        { type: 'grid', coord_sys: 'Equ J2000', color: 'ff8800', font_scale: 0.7 },
        {
          type: 'catalog',
          data_file: 'cat.tbl',
          data_column: 'mag',
          data_ref: 2,
          data_type: 'mag',
          symbol: 'circle',
          sym_size: '4p',
          color: 'cyan',
        },
        { type: 'mark', lon: '12p', lat: '9p', symbol: 'box', sym_size: '3p', color: 'red' },
        { type: 'label', lon: 10, lat: 20.01, text: 'here', color: 'yellow' },
        { type: 'mark', lon: 10, lat: 20, visible: 'no' },
      ],
    }
    writeFileSync(join(folder, 'scene.json'), JSON.stringify(description))
    const colors = [
      '-red',
      'in.fits',
      'min',
      'max',
      'log',
      '-green',
      'in.fits',
      'min',
      'max',
      '-blue',
      'in.fits',
      'min',
      'max',
      'asinh',
      '3',
    ]
    const grid = ['-color', 'ff8800', '-fontscale', '0.7', '-grid', 'eq', 'J2000', '-fontscale', '1']
    const catalog = ['-color', 'cyan', '-symbol', '4p', 'circle', '-catalog', 'cat.tbl', 'mag', '2', 'mag']
    const marks = [
      '-color',
      'red',
      '-symbol',
      '3p',
      'box',
      '-mark',
      '12p',
      '9p',
      '-color',
      'yellow',
      '-label',
      '10',
      '20.01',
      'here',
    ]
    const first = await view('-jfile', 'scene.json', '-out', 'a.png')
    const second = await view('-t', '1.5', ...colors, ...grid, ...catalog, ...marks, '-out', 'b.png')
    expect(first.stdout).toMatch(
      /^\[struct stat="OK", module="mViewer", type="color", width=60, height=40, bmin=0, /,
    )
    expect(second.stdout).toBe(first.stdout)
    expect(readFileSync(join(folder, 'a.png'))).toEqual(readFileSync(join(folder, 'b.png')))
  })
})

describe('overlays', () => {
  test('marks stand on their pixel and their position', async () => {
    const plus = ['-color', 'red', '-symbol', '3p', 'plus']
    await view(
      '-gray',
      'in.fits',
      '0',
      '1e6',
      ...plus,
      '-mark',
      '20p',
      '15p',
      '-mark',
      '10',
      '20',
      '-out',
      'x.png',
    )
    expect(colorAt('x.png', 20, 15)).toEqual([255, 0, 0])
    expect(colorAt('x.png', 20, 17)).toEqual([255, 0, 0])
    expect(colorAt('x.png', 22, 15)).toEqual([255, 0, 0])
    expect(colorAt('x.png', 22, 17)).toEqual([0, 0, 0])
    // The centre lies on the corner of four pixels, which share it.
    for (const [x, y] of [
      [30, 20],
      [31, 21],
    ] as const)
      expect(colorAt('x.png', x, y)[0]).toBeGreaterThan(100)
  })

  test('a grey picture with grey overlays is a grey PNG; colours make it RGB', async () => {
    await view('-gray', 'in.fits', 'min', 'max', '-color', 'white', '-grid', 'eq', '-out', 'grey.png')
    await view('-gray', 'in.fits', 'min', 'max', '-color', 'red', '-grid', 'eq', '-out', 'rgb.png')
    const kind = (name: string) => readFileSync(join(folder, name))[25]
    expect([kind('grey.png'), kind('rgb.png')]).toEqual([0, 2])
  })

  test('outlines go through the corners of a table, galactic ones too', async () => {
    const corners = 'ra1 dec1 ra2 dec2 ra3 dec3 ra4 dec4'.split(' ')
    const values = [10.02, 19.985, 9.98, 19.985, 9.98, 20.015, 10.02, 20.015]
    const head = `|${corners.map((name) => name.padStart(10)).join('|')}|\n|${corners.map(() => 'double'.padStart(10)).join('|')}|\n`
    writeFileSync(
      join(folder, 'images.tbl'),
      `${head} ${values.map((value) => String(value).padStart(10)).join(' ')} \n`,
    )
    const outcome = await view(
      '-gray',
      'in.fits',
      '0',
      '1e6',
      '-color',
      '00ff00',
      '-imginfo',
      'images.tbl',
      '-out',
      'x.png',
    )
    expect(outcome.exitCode).toBe(0)
    // Edges at declination 20 -+ 0.015 degrees: 15 pixels from the middle.
    expect(colorAt('x.png', 30, 6)[1]! + colorAt('x.png', 30, 5)[1]!).toBeGreaterThanOrEqual(250)
    expect(colorAt('x.png', 30, 35)[1]! + colorAt('x.png', 30, 36)[1]!).toBeGreaterThanOrEqual(250)
    expect(colorAt('x.png', 30, 20)).toEqual([0, 0, 0])
  })

  test('labels need no installed font and take any TrueType font', async () => {
    const font = join(repositoryRoot, 'packages/mosaic/fonts/DejaVuSans-subset.ttf')
    const label = [
      '-gray',
      'in.fits',
      '0',
      '1e6',
      '-color',
      'white',
      '-label',
      '30p',
      '20p',
      'M\u00a042 \u03b1',
    ]
    await view(...label, '-out', 'a.png')
    await view(...label, '-fontfile', font, '-out', 'b.png')
    expect(readFileSync(join(folder, 'a.png'))).toEqual(readFileSync(join(folder, 'b.png')))
    const { data } = readRgb(join(folder, 'a.png'))
    expect(data.filter((value) => value > 200).length).toBeGreaterThan(100)
  })
})

describe('files', () => {
  test.skipIf(skipShared)(
    'extensions, planes and compressed images show the pixels that they hold',
    async () => {
      const shared = (name: string): string => sharedPath('data/formats/variants', name)
      const stretch = ['1%', '99%', 'log']
      await view('-gray', shared('cut-16.fits'), ...stretch, '-out', 'plain.png')
      const plain = readRgb(join(folder, 'plain.png'))
      for (const [file, of] of [
        ['cut-16-rice.fits.fz', 'cut-16.fits'],
        ['cut-16-rice.fits.fz[1]', 'cut-16.fits'],
        ['cut-extension.fits', undefined],
      ] as const) {
        const outcome = await view('-gray', shared(file), ...stretch, '-out', 'x.png')
        expect(outcome.exitCode, outcome.stdout).toBe(0)
        if (of !== undefined)
          expect(differenceOf(plain, readRgb(join(folder, 'x.png')))).toEqual({ part: 0, most: 0 })
      }
      expect(
        (await view('-gray', `${shared('cut-cube3.fits')}[0][3]`, ...stretch, '-out', 'x.png')).exitCode,
      ).toBe(0)
    },
  )

  test('a JPEG shows what the PNG shows', async () => {
    const { default: sharp } = await import('sharp')
    const args = ['-ct', '3', '-gray', 'in.fits', 'min', 'max', '-color', 'white', '-mark', '10', '20']
    await view(...args, '-out', 'x.png')
    await view(...args, '-jpeg', 'x.jpg')
    const png = await sharp(join(folder, 'x.png')).raw().toBuffer()
    const jpeg = await sharp(join(folder, 'x.jpg')).toColourspace('srgb').raw().toBuffer()
    expect(jpeg.length).toBe(png.length)
    const mean = png.reduce((sum, value, i) => sum + Math.abs(value - jpeg[i]!), 0) / png.length
    expect(mean).toBeLessThan(6)
    expect((await sharp(join(folder, 'x.jpg')).metadata()).xmp?.toString()).toContain(
      'avm:Spatial.ReferencePixel',
    )
  })

  test('the picture says where it lies on the sky', async () => {
    await view('-gray', 'in.fits', 'min', 'max', '-out', 'x.png')
    const text = readFileSync(join(folder, 'x.png'), 'utf8')
    expect(text).toContain('XML:com.adobe.xmp')
    expect(text).toContain('<avm:Spatial.ReferenceValue><rdf:Seq><rdf:li>10</rdf:li><rdf:li>20</rdf:li>')
    expect(text).toContain('<avm:Spatial.Scale><rdf:Seq><rdf:li>-0.001</rdf:li><rdf:li>0.001</rdf:li>')
    await view('-nowcs', '-gray', 'in.fits', 'min', 'max', '-out', 'y.png')
    expect(readFileSync(join(folder, 'y.png'), 'utf8')).not.toContain('avm:')
  })
})

describe('histograms', () => {
  test('a histogram file gives the picture of its own stretch, and its limits again', async () => {
    writeFileSync(
      join(folder, 'm42.fits'),
      gunzipSync(readFileSync(join(demoImages, '2mass-atlas-001124n-j0850244.fits.gz'))),
    )
    for (const stretch of [['log'], ['gaussian-log'], ['asinh', '3s']]) {
      const args = ['m42.fits', '-1s', '99.9%', ...stretch]
      const made = await run('mHistogram', '-file', ...args, '-out', 'm42.hist')
      const direct = await view('-gray', ...args, '-out', 'a.png')
      const shared = await view('-gray', 'm42.fits', '-histfile', 'm42.hist', '-out', 'b.png')
      const limits = (line: string) =>
        /min=\S+ minpercent=\S+ minsigma=\S+ max=\S+ maxpercent=\S+/.exec(line)?.[0]
      expect(limits(made.stdout)).toBe(limits(direct.stdout))
      expect(limits(shared.stdout)).toBe(limits(direct.stdout))
      // The file has six or seven digits.
      const { part, most } = differenceOf(readRgb(join(folder, 'a.png')), readRgb(join(folder, 'b.png')))
      expect(most).toBeLessThanOrEqual(1)
      expect(part).toBeLessThan(0.002)
    }
  })

  test('-range counts a part of the image', async () => {
    const outcome = await run(
      'mHistogram',
      '-range',
      '11',
      '20',
      '1',
      '5',
      '-file',
      'in.fits',
      'min',
      'max',
      '-out',
      'h',
    )
    expect(outcome.stdout).toMatch(/datamin=10, datamax=27\]/)
    expect(
      (
        await run(
          'mHistogram',
          '-range',
          '99',
          '120',
          '1',
          '5',
          '-file',
          'in.fits',
          'min',
          'max',
          '-out',
          'g',
        )
      ).stdout,
    ).toContain('Range outside image.')
    expect(existsSync(join(folder, 'g'))).toBe(false)
  })

  test('histograms of parts together are that of the whole', async () => {
    await mHistogram(
      { file: 'in.fits', range: { x0: 1, x1: 25, y0: 1, y1: 40 }, output: 'a.hist' },
      { cwd: folder },
    )
    await mHistogram(
      { file: 'in.fits', range: { x0: 26, x1: 60, y0: 1, y1: 40 }, output: 'b.hist' },
      { cwd: folder },
    )
    const limits = { min: '-1s', max: '98%', stretch: 'gaussian-log' }
    const whole = await mHistogram({ file: 'in.fits', ...limits, output: 'c.hist' }, { cwd: folder })
    const sum = await mCombineHist(
      { histograms: ['a.hist', 'b.hist'], ...limits, output: 'd.hist' },
      { cwd: folder },
    )
    for (const [key, value] of Object.entries(whole))
      expect(Math.abs(sum[key as keyof typeof sum] - value)).toBeLessThan(0.02)
    const command = await run(
      'mCombineHist',
      '-stretch',
      '-1s',
      '98%',
      'gaussian-log',
      '-out',
      'e.hist',
      'a.hist',
      'b.hist',
    )
    expect(command.exitCode).toBe(0)
    expect(readFileSync(join(folder, 'e.hist')).equals(readFileSync(join(folder, 'd.hist')))).toBe(true)
    expect((await run('mCombineHist', '-out', 'f.hist', 'in.fits')).stdout).toContain(
      'Invalid histogram file in.fits',
    )
  })
})

test('the typed function', async () => {
  const result = await mViewer(
    {
      gray: { file: 'in.fits', min: '5%', max: 'max', stretch: 'log' },
      output: 'x.png',
      colorTable: 3,
      overlays: [{ type: 'grid', frame: { system: 'GAL' } }],
    },
    { cwd: folder },
  )
  expect(result).toMatchObject({
    type: 'grayscale',
    width: 60,
    height: 40,
    datamin: 0,
    datamax: 137,
    colortable: 3,
    xflip: 0,
    yflip: 1,
  })
})
