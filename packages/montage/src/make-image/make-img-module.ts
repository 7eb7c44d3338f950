import { readText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  optionValues,
  type Place,
} from '../command/module.ts'
import type { CatalogLayer, ImageRecipe, OutlineLayer } from './image-recipe.ts'
import { type MakeImgResult, mMakeImg } from './make-img.ts'
import { readMode, readRecipe, readShape, readSystem } from './read-recipe.ts'

/** What the arguments say: a recipe, or where its JSON stands. */
interface MakeImgCall {
  readonly template: string
  readonly output: string
  readonly recipe: ImageRecipe | { readonly jsonFile: string }
  readonly seed: number | undefined
}

async function run(call: MakeImgCall, place: Place): Promise<MakeImgResult> {
  const { template, output, recipe, seed } = call
  const read =
    'jsonFile' in recipe
      ? readRecipe(await readText(place, recipe.jsonFile, `Cannot open JSON file ${recipe.jsonFile}`))
      : recipe
  return await mMakeImg({ template, output, recipe: seed === undefined ? read : { ...read, seed } }, place)
}

function readCall(call: ModuleCall): MakeImgCall {
  const seedText = optionValue(call, 'seed')
  const seed =
    seedText === undefined ? undefined : integerArgument(seedText, `Seed (${seedText}) must be an integer`)
  const base = { template: operand(call, 0), output: operand(call, 1), seed }
  const jsonFile = optionValue(call, 'jfile')
  if (jsonFile !== undefined) return { ...base, recipe: { jsonFile } }
  const json = optionValue(call, 'json')
  return { ...base, recipe: json === undefined ? readOptions(call) : readRecipe(json) }
}

function readOptions(call: ModuleCall): ImageRecipe {
  const noise = optionValue(call, 'n')
  const arrayFile = optionValue(call, 'a')
  const levels = optionValues(call, 'b').at(-1)
  const [lowerLeft, lowerRight, upperRight, upperLeft] = [0, 1, 2, 3].map((index) =>
    levels === undefined ? 0 : namedReal(levels[index], 'Background value'),
  )
  return {
    noise: noise === undefined ? 0 : namedReal(noise, 'Noise level'),
    background: {
      lowerLeft: lowerLeft ?? 0,
      lowerRight: lowerRight ?? 0,
      upperRight: upperRight ?? 0,
      upperLeft: upperLeft ?? 0,
    },
    layers: call.options.flatMap(({ name, values = [] }): readonly (CatalogLayer | OutlineLayer)[] =>
      name === 't' ? [readCatalog(values)] : name === 'i' ? [readOutlines(values)] : [],
    ),
    replaces: hasOption(call, 'r'),
    ...(arrayFile === undefined ? {} : { arrayFile }),
  }
}

function readCatalog([
  file = '',
  column = '',
  width,
  csys = '',
  epoch,
  refval,
  mode = '',
  shape = '',
]: readonly string[]): CatalogLayer {
  return {
    kind: 'catalog',
    file,
    column,
    width: namedReal(width, 'Source width'),
    frame: readSystem(csys, epoch),
    refval: namedReal(refval, 'Reference value'),
    mode: readMode(mode),
    shape: readShape(shape),
  }
}

function readOutlines([file = '', refval]: readonly string[]): OutlineLayer {
  return { kind: 'imginfo', file, refval: namedReal(refval, 'Reference value') }
}

/** The module mMakeImg. */
export const makeImgModule: MontageModule = defineModule<MakeImgCall, MakeImgResult>({
  name: 'mMakeImg',
  summary: 'Makes up an image: background, noise, sources, outlines.',
  usage: 'mMakeHdr [-json <JSON> | -jfile <file>] template.hdr output.fits',
  style: 'leading',
  options: ['d:', 'r', 'n:', 'b:4', 't:8', 'i:2', 'a:', 'json:', 'jfile:', 'seed:'],
  operands: [2, 2],
  usageExitCode: 0,
  isNamed: true,
  fields: [
    ['sources', 'd'],
    ['images', 'd'],
  ],
  manual: {
    description:
      'Makes up an image on the grid of a template: a background that goes from corner to corner, Gaussian noise, sources of catalogues, the filled outlines of images. With one seed the noise is the same on every machine. Gaussian sources are `exp(-4 d^2 / width^2)` at a distance of `d` pixels from their true position; every source fills a box of three widths around its nearest pixel and has a peak of at least 3.',
    options: [
      DEBUG_LEVEL_OPTION,
      ['-r', 'Put sources and outlines in the place of what was there (replace) instead of adding them.'],
      ['-n noise', 'Standard deviation of the noise.'],
      ['-b bg1 bg2 bg3 bg4', 'Background at the corners: lower left, lower right, upper right, upper left.'],
      [
        '-t table column width csys epoch refval mag|flux flat|gaussian',
        'Sources of a table with `ra` and `dec`: column with the brightness, width in pixels, system of the positions (`eq`, `ec`, `ga`, `sg`) and epoch, factor for fluxes or magnitude of flux one. May be repeated.',
      ],
      [
        '-i table refval',
        'Fill the outlines of the images of a metadata table with a value. May be repeated.',
      ],
      ['-a array.txt', 'Put the lines of numbers of a text file in the place of the rows, from the lowest.'],
      ['-json text', 'Take all that from JSON instead.'],
      ['-jfile file', 'Likewise from a file.'],
      ['-seed number', 'Seed of the noise, a whole number; default 1.'],
    ],
    operands: [
      ['template.hdr', 'Header template.'],
      ['out.fits', 'Image that is written.'],
    ],
    returns: {
      sources: 'Sources that reach into the image.',
      images: 'Outlines of the tables.',
    },
    sections: [
      {
        title: 'JSON',
        rows: [
          ['background', '`noise`; `bg11`, `bg1N`, `bgNN`, `bgN1`: the corners, row first.'],
          [
            'datasets',
            'List of objects with `type` (`catalog` or `imginfo`), `file`, `column`, `width`, `shape`, `refval`, `mode`, `csys` (with an epoch: `eq B1950`).',
          ],
          ['arrayfile', 'As `-a`.'],
          ['replace', 'As `-r`.'],
          ['seed', 'As `-seed`.'],
        ],
      },
      {
        title: 'Differences from Montage',
        rows: [
          [
            'position',
            'Gaussian sources stand at their position; in Montage 6.0 one pixel up and to the right.',
          ],
          [
            'outlines',
            'Hold the pixels whose centres lie in them; Montage leaves holes and paints beside them.',
          ],
          ['noise', 'Has a seed; that of Montage depends on the C library.'],
        ],
      },
    ],
    example: [
      'mMakeImg -n 1.5 -b 100 100 120 120 -t stars.tbl mag 3 eq 2000 20 mag gaussian region.hdr sky.fits',
    ],
  },
  read: readCall,
  run,
})
