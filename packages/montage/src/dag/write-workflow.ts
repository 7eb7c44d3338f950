import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Table, tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import {
  findOverlaps,
  formatOverlapTable,
  intersectRegions,
  isEmptyRegion,
  type Region,
} from '@skyloom/mosaic'
import { pathOf, readText, writeText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { parseTemplateLine } from '../header/template-line.ts'
import { hasColumns, texts } from '../table/table-columns.ts'
import { mDAGTbls } from './dag-tbls.ts'
import { type PredictedImage, predictImages } from './predict-images.ts'
import { predictedTable } from './predicted-table.ts'
import { type Replica, replicasText, type WorkflowJob, workflowText } from './workflow-text.ts'

/** What a workflow is made of. */
export interface WorkflowRequest {
  /** Label; the id begins with it. */
  readonly label: string
  /** Image table; names in its column `URL`, or else `fname`, are where the images are. */
  readonly images: string
  readonly template: string
  /** Folder of the workflow and its tables; must exist. */
  readonly folder: string
  /** Address of that folder for jobs that run elsewhere: `file:///data/m42` or `https://host/m42`. */
  readonly folderUrl: string
  /** Larger mosaics are added in tiles of at most so many pixels a side; default: one mosaic. */
  readonly tilePixels?: number
  /** Facts that are noted in the workflow. */
  readonly metadata?: ReadonlyMap<string, string>
}

/** What was written. */
export interface WrittenWorkflow {
  /** Label and a hash of template and images: the same request has the same id. */
  readonly id: string
  readonly images: number
  readonly overlaps: number
  readonly tiles: number
}

/** Longer side of the preview in pixels. */
const PREVIEW_PIXELS = 1000

/**
 * Writes the abstract workflow of a mosaic into a folder: `workflow.yml` and `replicas.yml` for a planner, the tables `rimages.tbl`,
 * `pimages.tbl`, `cimages.tbl`, `diffs.tbl`, `statfile.tbl`, and headers of tiles. Every image is projected, every overlap fitted, one
 * model found for all, every image corrected, and all added.
 *
 * @throws MontageError `MONTAGE_NO_RESULT` when no image touches the template, and those of reading and writing
 */
export async function writeWorkflow(request: WorkflowRequest, place: Place): Promise<WrittenWorkflow> {
  const { folder, label } = request
  const file = (name: string): string => join(folder, name)
  const template = await readTemplateFile(place, request.template)
  const { source, images } = await predictImages(request.images, template, place)
  if (images.length === 0)
    throw new MontageError('MONTAGE_NO_RESULT', 'No image touches the region', {
      where: [request.images],
      allowed: 'at least one image',
    })
  const write = async (name: string, text: string): Promise<void> => {
    await writeText(place, file(name), text, `Cannot write to work directory ${folder}`)
  }
  await write('region.hdr', await readText(place, request.template, `File ${request.template} not found.`))
  const tables = { raw: file('rimages.tbl'), projected: file('pimages.tbl'), corrected: file('cimages.tbl') }
  await mDAGTbls({ images: request.images, template: request.template, ...tables }, place)
  const pairs = findOverlaps(images.map(({ region }) => region))
  await write(
    'diffs.tbl',
    formatOverlapTable(
      pairs.map(({ plus, minus }) => ({
        cntr1: plus,
        cntr2: minus,
        plus: `p${images[plus]?.baseName ?? ''}`,
        minus: `p${images[minus]?.baseName ?? ''}`,
      })),
    ),
  )
  await write('statfile.tbl', statusTable(pairs.map(({ plus, minus }) => [plus, minus])))
  const tiles = await writeTiles(request, template, images, place)
  const jobs = [...projectJobs(images), ...modelJobs(images, pairs), ...addJobs(images, tiles)]
  const id = `${label}-${createHash('sha256')
    .update(JSON.stringify([template.lines, images]))
    .digest('hex')
    .slice(0, 12)}`
  const metadata = new Map([['images', String(images.length)], ...(request.metadata ?? [])])
  await write('workflow.yml', workflowText({ name: label, jobs, metadata }))
  const made = [
    'region.hdr',
    'rimages.tbl',
    'pimages.tbl',
    'statfile.tbl',
    ...tiles.flatMap(({ header, table }) => [header, table]),
  ]
  const replicas = [
    ...[...new Set(made)].map(
      (lfn): Replica => ({ lfn, url: `${request.folderUrl.replace(/\/$/, '')}/${lfn}` }),
    ),
    ...imageReplicas(images, source.table, place),
  ]
  await write('replicas.yml', replicasText(replicas))
  return { id, images: images.length, overlaps: pairs.length, tiles: tiles.length }
}

/** A part of the mosaic that one job adds. */
interface Tile {
  readonly header: string
  /** Predicted table of the corrected images that it needs. */
  readonly table: string
  readonly output: string
  readonly region: Region
}

async function writeTiles(
  { folder, tilePixels = Infinity }: WorkflowRequest,
  template: HeaderTemplate,
  images: readonly PredictedImage[],
  place: Place,
): Promise<readonly Tile[]> {
  const { width, height, lines, header } = template
  const [nx, ny] = [Math.ceil(width / tilePixels), Math.ceil(height / tilePixels)]
  if (nx <= 1 && ny <= 1)
    return [
      {
        header: 'region.hdr',
        table: 'cimages.tbl',
        output: 'mosaic.fits',
        region: { col: 0, row: 0, width, height },
      },
    ]
  const side = { width: Math.ceil(width / nx), height: Math.ceil(height / ny) }
  const tiles: Tile[] = []
  for (let index = 0; index < nx * ny; index++) {
    const [ix, iy] = [index % nx, Math.floor(index / nx)]
    const box = { col: ix * side.width, row: iy * side.height, ...side }
    const region = intersectRegions({ col: 0, row: 0, width, height }, box)
    const own = imagesOn(images, region)
    if (own.length === 0) continue
    const replaced = new Map([
      ['NAXIS1', region.width],
      ['NAXIS2', region.height],
      ['CRPIX1', header.number('CRPIX1') - region.col],
      ['CRPIX2', header.number('CRPIX2') - region.row],
    ])
    const text = lines.map((line) => {
      const { keyword } = parseTemplateLine(line)
      const value = replaced.get(keyword)
      return value === undefined ? line : `${keyword.padEnd(8)}= ${value}`
    })
    const base = `tile_${ix}_${iy}`
    const tile = { header: `${base}.hdr`, table: `${base}_images.tbl`, output: `${base}.fits`, region }
    await writeText(
      place,
      join(folder, tile.header),
      `${[...text, 'END'].join('\n')}\n`,
      `Cannot write to work directory ${folder}`,
    )
    await writeText(
      place,
      join(folder, tile.table),
      predictedTable(own, template, 'c'),
      `Cannot write to work directory ${folder}`,
    )
    tiles.push(tile)
  }
  return tiles
}

function imagesOn(images: readonly PredictedImage[], region: Region): readonly PredictedImage[] {
  return images.filter((image) => !isEmptyRegion(intersectRegions(image.region, region)))
}

function areaOf(name: string): string {
  return name.replace(/\.fits$/, '_area.fits')
}

/** Logical name of an image: that of its file, with its row in front when several files have one name. */
function rawName({ row, name }: PredictedImage, images: readonly PredictedImage[]): string {
  const own = basename(name)
  return images.some((other) => other.row !== row && basename(other.name) === own) ? `${row}-${own}` : own
}

function projectJobs(images: readonly PredictedImage[]): readonly WorkflowJob[] {
  return images.map((image) => {
    const [raw, projected] = [rawName(image, images), `p${image.baseName}`]
    return {
      name: 'mProject',
      args: [raw, projected, 'region.hdr'],
      inputs: [raw, 'region.hdr'],
      outputs: [projected, areaOf(projected)],
    }
  })
}

function modelJobs(
  images: readonly PredictedImage[],
  pairs: readonly { readonly plus: number; readonly minus: number }[],
): readonly WorkflowJob[] {
  const projected = images.map(({ baseName }) => `p${baseName}`)
  const fits = pairs.map(({ plus, minus }): WorkflowJob => {
    const [first = '', second = ''] = [projected[plus], projected[minus]]
    const number = `${six(plus)}.${six(minus)}`
    return {
      name: 'mDiffFit',
      args: ['-s', `fit.${number}.txt`, first, second, `diff.${number}.fits`, 'region.hdr'],
      inputs: [first, areaOf(first), second, areaOf(second), 'region.hdr'],
      outputs: [`fit.${number}.txt`],
    }
  })
  const corrections = images.map(({ baseName }): WorkflowJob => {
    const [before, after] = [`p${baseName}`, `c${baseName}`]
    return {
      name: 'mBackground',
      args: ['-t', before, after, 'pimages.tbl', 'corrections.tbl'],
      inputs: [before, areaOf(before), 'pimages.tbl', 'corrections.tbl'],
      outputs: [after, areaOf(after)],
    }
  })
  return [
    ...fits,
    {
      name: 'mConcatFit',
      args: ['statfile.tbl', 'fits.tbl', '.'],
      inputs: ['statfile.tbl', ...fits.flatMap(({ outputs }) => outputs)],
      outputs: ['fits.tbl'],
    },
    {
      name: 'mBgModel',
      args: ['pimages.tbl', 'fits.tbl', 'corrections.tbl'],
      inputs: ['pimages.tbl', 'fits.tbl'],
      outputs: ['corrections.tbl'],
    },
    ...corrections,
  ]
}

/** Adding reads true tables: mImgtbl makes one of the corrected images that a tile needs. */
function addJobs(images: readonly PredictedImage[], tiles: readonly Tile[]): readonly WorkflowJob[] {
  return tiles.flatMap(({ header, table, output, region }) => {
    const corrected = imagesOn(images, region).map(({ baseName }) => `c${baseName}`)
    const base = output.replace(/\.fits$/, '')
    const small = `${base}_small.fits`
    return [
      {
        name: 'mImgtbl',
        args: ['-t', table, '.', `${base}.tbl`],
        inputs: [table, ...corrected],
        outputs: [`${base}.tbl`],
      },
      {
        name: 'mAdd',
        args: ['-e', `${base}.tbl`, header, output],
        inputs: [`${base}.tbl`, header, ...corrected, ...corrected.map(areaOf)],
        outputs: [output, areaOf(output)],
        isResult: true,
      },
      {
        name: 'mShrink',
        args: ['-f', output, small, PREVIEW_PIXELS],
        inputs: [output],
        outputs: [small],
        isResult: true,
      },
      {
        name: 'mViewer',
        args: ['-ct', 1, '-gray', small, '-1s', 'max', 'gaussian-log', '-out', `${base}.png`],
        inputs: [small],
        outputs: [`${base}.png`],
        isResult: true,
      },
    ]
  })
}

function imageReplicas(images: readonly PredictedImage[], table: Table, place: Place): readonly Replica[] {
  const urls = hasColumns(table, ['URL|url']) ? texts(table, 'URL|url') : undefined
  return images.map((image) => {
    const url = urls?.[image.row]?.trim() ?? ''
    return {
      lfn: rawName(image, images),
      url: url === '' ? pathToFileURL(pathOf(place, image.name)).href : url,
    }
  })
}

function statusTable(pairs: readonly (readonly [number, number])[]): string {
  const columns = [
    { name: 'cntr1', type: 'int32' },
    { name: 'cntr2', type: 'int32' },
    { name: 'stat', type: 'string' },
  ] as const
  const rows = pairs.map(([first, second]) => [first, second, `fit.${six(first)}.${six(second)}.txt`])
  return writeIpacTable(tableFromRows(columns, rows))
}

function six(value: number): string {
  return String(value).padStart(6, '0')
}
