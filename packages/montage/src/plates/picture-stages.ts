import { HIPS, MOSAICS, PLATE_LIST, type PlateRun, type RunPlate } from './plate-run.ts'
import type { PlateScript, ScriptCall } from './script.ts'
import { DEFAULT_STRETCH, type Stage } from './stage.ts'

/** Folders of histograms. */
const HISTOGRAMS = 'histograms'
const COMBINED = 'combined'
/** Histogram of all plates. */
export const ALL_HISTOGRAM: string = `${COMBINED}/all.hist`
/** Pixels of the longer side of a small picture. */
const QUICKLOOK_PIXELS = 512

/** A script for each plate whose image is there. */
function eachPlate(
  run: PlateRun,
  input: string,
  make: (plate: RunPlate, image: string) => Omit<PlateScript, 'name' | 'needs'>,
): readonly PlateScript[] {
  return run.plates.map((plate) => {
    const image = `${input}/${plate.name}.fits`
    return { name: plate.name, needs: [image], ...make(plate, image) }
  })
}

/** The stages that make pictures. */
export const PICTURE_STAGES: readonly Stage[] = [
  {
    module: 'mHPXHistogramScripts',
    name: 'histogram',
    makes: 'the histogram of each plate',
    description: 'Each script counts the values of a plate, to `histograms/PLATE.hist`: mHistogram.',
    flags: ['i', 't'],
    groups: (run, { input = MOSAICS, stretch = DEFAULT_STRETCH }) => [
      eachPlate(run, input, ({ name }, image) => ({
        product: `${HISTOGRAMS}/${name}.hist`,
        folders: [HISTOGRAMS],
        calls: [
          {
            module: 'mHistogram',
            args: ['-file', image, ...stretch, '-out', `${HISTOGRAMS}/${name}.hist`],
          },
        ],
      })),
    ],
  },
  {
    module: 'mHPXCombineHistScripts',
    name: 'combine',
    makes: 'the histograms of neighbouring plates together',
    description:
      'Each script adds the histograms of a plate and the plates around it, to `combined/PLATE.hist`, so that pictures of neighbours look alike; another one those of all plates, to `combined/all.hist`: mHPXHistCombine.',
    flags: ['t'],
    groups: (run, { stretch = DEFAULT_STRETCH }) => {
      const script = (name: string, histogram?: string): PlateScript => ({
        name,
        product: `${COMBINED}/${name}.hist`,
        ...(histogram === undefined ? {} : { needs: [histogram] }),
        folders: [COMBINED],
        calls: [
          {
            module: 'mHPXHistCombine',
            args: ['-t', stretch.join(' '), PLATE_LIST, HISTOGRAMS, name, `${COMBINED}/${name}.hist`],
          },
        ],
      })
      return [[...run.plates.map(({ name }) => script(name, `${HISTOGRAMS}/${name}.hist`)), script('all')]]
    },
  },
  {
    module: 'mHiPSPNGScripts',
    name: 'png',
    makes: 'the pictures of the tiles',
    description: 'One script makes a PNG of every tile with the stretch of `combined/all.hist`: mHiPSPNGs.',
    flags: [],
    groups: () => [[{ name: 'png', calls: [{ module: 'mHiPSPNGs', args: [HIPS, ALL_HISTOGRAM, HIPS] }] }]],
  },
  {
    module: 'mHPX8BitScripts',
    name: '8bit',
    makes: 'plates with pixels of one byte',
    description: 'Each script writes a plate with whole numbers of 8 bits, to `8bit/PLATE.fits`: mConvert.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      eachPlate(run, input, ({ name }, image) => ({
        product: `8bit/${name}.fits`,
        folders: ['8bit'],
        calls: [{ module: 'mConvert', args: ['-b', '8', image, `8bit/${name}.fits`] }],
      })),
    ],
  },
  {
    module: 'mHPXQuicklookScripts',
    name: 'quicklook',
    makes: 'a small picture of each plate',
    description: `Each script makes a picture of a plate with ${QUICKLOOK_PIXELS} pixels along its side, to \`quicklook/PLATE.png\`: mShrink, mViewer. mHPXMap shows them on a map.`,
    flags: ['i', 't'],
    groups: (run, { input = MOSAICS, stretch = DEFAULT_STRETCH }) => [
      eachPlate(run, input, ({ name }, image) => ({
        product: `quicklook/${name}.png`,
        folders: ['quicklook'],
        calls: [
          shrinkCall(image, `quicklook/${name}.fits`),
          pictureCall(['-gray', `quicklook/${name}.fits`, ...stretch], `quicklook/${name}.png`),
        ],
      })),
    ],
  },
  {
    module: 'mHPXColorQuicklookScripts',
    name: 'color',
    makes: 'a small coloured picture of each plate',
    description: `Each script makes a coloured picture of a plate from three runs on the same plates, with ${QUICKLOOK_PIXELS} pixels along its side, to \`color/PLATE.png\` of the run of the blue images: mShrink, mViewer.`,
    flags: ['i', 't', 'g', 'r'],
    groups: (run, { input = MOSAICS, stretch = DEFAULT_STRETCH, greenRun = '', redRun = '' }) => [
      eachPlate(run, input, ({ name }, image) => {
        const bands = [
          ['blue', image],
          ['green', `${greenRun}/${image}`],
          ['red', `${redRun}/${image}`],
        ] as const
        const small = (band: string): string => `color/${band}/${name}.fits`
        const words = bands.flatMap(([band]) => [`-${band}`, small(band), ...stretch])
        return {
          product: `color/${name}.png`,
          needs: bands.map(([, path]) => path),
          folders: bands.map(([band]) => `color/${band}`),
          calls: [
            ...bands.map(([band, path]) => shrinkCall(path, small(band))),
            pictureCall(words, `color/${name}.png`),
          ],
        }
      }),
    ],
  },
  {
    module: 'mHPXPlatePNGScripts',
    name: 'platepng',
    makes: 'a picture of each plate at full size',
    description: 'Each script makes a picture of a plate with all its pixels, to `png/PLATE.png`: mViewer.',
    flags: ['i', 't'],
    groups: (run, { input = MOSAICS, stretch = DEFAULT_STRETCH }) => [
      eachPlate(run, input, ({ name }, image) => ({
        product: `png/${name}.png`,
        folders: ['png'],
        calls: [pictureCall(['-gray', image, ...stretch], `png/${name}.png`)],
      })),
    ],
  },
]

function shrinkCall(from: string, to: string): ScriptCall {
  return { module: 'mShrink', args: ['-f', from, to, String(QUICKLOOK_PIXELS)] }
}

function pictureCall(words: readonly string[], output: string): ScriptCall {
  return { module: 'mViewer', args: ['-nowcs', ...words, '-out', output] }
}
