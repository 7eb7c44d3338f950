import { escapeMarkup, HPX_PLANE_FACES } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { skyPlates } from '../healpix/plate.ts'
import { readPlateList } from './plate-run.ts'

/** Input of {@link mHPXMap}. */
export interface PlateMapInput {
  readonly plateList: string
  /** Page that is written. */
  readonly output: string
  /** Address of the folder with the pictures `PLATE.png`, from the page; default `quicklook`. */
  readonly pictures?: string
  readonly title?: string
}

/** Result of {@link mHPXMap}. */
export interface PlateMapResult {
  /** Plates on the map. */
  readonly count: number
}

/** Pixels of the map along a side. */
const MAP_PIXELS = 800

/**
 * Writes a page with a map of the plates in the HPX plane; each leads to its picture and shows it when one points at it.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXMap(input: PlateMapInput, place: Place = {}): Promise<PlateMapResult> {
  const { pictures = 'quicklook' } = input
  const { order, across, plates } = await readPlateList(input.plateList, place)
  const title = escapeMarkup(input.title ?? `Plates of order ${order}`)
  const side = MAP_PIXELS / across
  const faceSide = MAP_PIXELS / HPX_PLANE_FACES
  const box = (i: number, j: number, count: number, length: number): string =>
    `x="${exact(i * length)}" y="${exact((count - 1 - j) * length)}" width="${exact(length)}" height="${exact(length)}"`
  const faces = skyPlates(HPX_PLANE_FACES).map(
    ({ i, j }) => `<rect class="face" ${box(i, j, HPX_PLANE_FACES, faceSide)}/>`,
  )
  const links = plates.map(({ i, j, name }) => {
    const address = escapeMarkup(`${pictures}/${name}.png`)
    return `<a href="${address}"><rect class="plate" ${box(i, j, across, side)}><title>${name}</title></rect></a>`
  })
  const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>
body { font: 15px sans-serif; margin: 2em; }
svg { max-width: 100%; height: auto; }
.face { fill: #eef1f5; stroke: #9aa5b1; }
.plate { fill: #2f6fb0; stroke: #fff; stroke-width: 0.3; }
a:hover .plate, a:focus .plate { fill: #e08a1e; }
</style>
</head>
<body>
<h1>${title}</h1>
<p>${plates.length} of ${across} x ${across} plates in the HPX plane, galactic longitude 0 in the middle square.</p>
<svg viewBox="0 0 ${MAP_PIXELS} ${MAP_PIXELS}" width="${MAP_PIXELS}" role="img" aria-label="Map of the plates">
${[...faces, ...links].join('\n')}
</svg>
</body>
</html>
`
  await writeText(place, input.output, page, `Cannot open output file ${input.output}`)
  return { count: plates.length }
}

function exact(value: number): string {
  return String(Number(value.toFixed(3)))
}

function readCall(call: ModuleCall): PlateMapInput {
  const [pictures, title] = ['p', 't'].map((name) => optionValue(call, name))
  return {
    plateList: operand(call, 0),
    output: operand(call, 1),
    ...(pictures === undefined ? {} : { pictures: pictures.replace(/\/+$/, '') }),
    ...(title === undefined ? {} : { title }),
  }
}

/** The module mHPXMap. */
export const plateMapModule: MontageModule = defineModule<PlateMapInput, PlateMapResult>({
  name: 'mHPXMap',
  summary: 'Writes a page with a map of the plates of a HEALPix map.',
  usage: '%s [-d][-p picturedir][-t title] platelist.tbl map.html',
  style: 'getopt',
  options: 'dp:t:',
  operands: [2, 2],
  isNamed: true,
  fields: [['count', 'd']],
  manual: {
    description:
      'Writes an HTML page with a map of the plates of a list in the HPX plane. Each plate leads to its picture, as the scripts of mHPXQuicklookScripts make them.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [
      DEBUG_OPTION,
      ['-p picturedir', 'Address of the folder of the pictures, from the page; default `quicklook`.'],
      ['-t title', 'Title of the page.'],
    ],
    operands: [
      ['platelist.tbl', 'Plate list of mHPXPlateList or mHiPSSetup.'],
      ['map.html', 'Page that is written.'],
    ],
    returns: { count: 'Plates on the map.' },
    example: ['mHPXMap m42/platelist.tbl m42/map.html'],
  },
  read: readCall,
  run: mHPXMap,
})
