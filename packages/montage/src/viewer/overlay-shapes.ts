import type { Table } from '@skyloom/fits/tables'
import {
  type CatalogSource,
  catalogShapes,
  coordinateGrid,
  DEFAULT_SYMBOL,
  type Font,
  isOnPicture,
  type MarkSymbol,
  namedColor,
  outlineShapes,
  placeOf,
  positionAt,
  type Rgb,
  type Shape,
  type SkyLens,
  type SkyView,
  scaledSymbol,
  skyLens,
  symbolShapes,
  textShape,
  toPicture,
} from '@skyloom/mosaic/view'
import type { MontageFrame, SkyPosition } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasCornerColumns, hasCoverage, imageCorners } from '../table/image-corners.ts'
import { hasColumns, needColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { symbolShape, symbolSize } from './overlay-words.ts'
import type { ViewerCoordinate, ViewerOverlay } from './viewer-input.ts'

type Catalog = ViewerOverlay & { readonly type: 'catalog' }

/** Pixels of a point at 96 a inch, as the classic program has them. */
const PIXELS_PER_POINT = 96 / 72
const LABEL_POINTS = 14

/** True when overlays need letters. */
export function needsFont(overlays: readonly ViewerOverlay[]): boolean {
  return overlays.some(
    (overlay) =>
      overlay.type === 'grid' ||
      overlay.type === 'label' ||
      (overlay.type === 'catalog' && overlay.labelColumn !== undefined) ||
      ((overlay.type === 'mark' || overlay.type === 'catalog') &&
        typeof overlay.symbol === 'object' &&
        overlay.symbol.shape.kind === 'compass'),
  )
}

/**
 * The shapes of an overlay.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`
 */
export async function overlayShapes(
  place: Place,
  view: SkyView,
  overlay: ViewerOverlay,
  font: Font | undefined,
): Promise<readonly Shape[]> {
  const color = namedColor(overlay.color ?? 'gray')
  const scale = (overlay.fontScale ?? 1) * PIXELS_PER_POINT
  switch (overlay.type) {
    case 'grid': {
      if (font === undefined) return []
      return coordinateGrid(view, overlay.frame, { color, font, sizePixels: gridPoints(view.width) * scale })
    }
    case 'catalog':
      return await drawCatalog(place, view, overlay, color, font, gridPoints(view.width) * scale)
    case 'imginfo':
      return await drawOutlines(place, view, overlay, color)
    case 'mark': {
      const lens = skyLens(view, overlay.frame ?? J2000)
      const { symbol = DEFAULT_SYMBOL } = overlay
      const at = skyPlace(lens, overlay.lon, overlay.lat)
      return at === undefined || symbol === 'none' ? [] : symbolShapes(lens, at, symbol, { color, font })
    }
    case 'label': {
      const lens = skyLens(view, overlay.frame ?? J2000)
      const at = picturePlace(lens, overlay.lon, overlay.lat)
      if (at === undefined || font === undefined || !isOnPicture(view, at, view.width)) return []
      return [textShape(font, overlay.text, { ...at, sizePixels: LABEL_POINTS * scale }, color)]
    }
  }
}

const J2000: MontageFrame = { system: 'EQUJ', epochYear: 2000 }

/** Points of the letters of grids and catalogs; small pictures have small ones. */
function gridPoints(width: number): number {
  return width < 400 ? 8 : width < 600 ? 9 : 11
}

/** Place on the picture of two coordinates, each in degrees or in pixels. */
function picturePlace(
  lens: SkyLens,
  lon: ViewerCoordinate,
  lat: ViewerCoordinate,
): { readonly x: number; readonly y: number } | undefined {
  if (typeof lon === 'number' && typeof lat === 'number') return placeOf(lens, lon, lat)
  if (typeof lon === 'object' && typeof lat === 'object') return toPicture(lens.view, lon.pixel, lat.pixel)
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'A position is either degrees or pixels, not one of each', {
    remedy: 'give both coordinates a p, or none',
  })
}

function skyPlace(lens: SkyLens, lon: ViewerCoordinate, lat: ViewerCoordinate): SkyPosition | undefined {
  const at = picturePlace(lens, lon, lat)
  return at === undefined ? undefined : positionAt(lens, at)
}

async function drawOutlines(
  place: Place,
  view: SkyView,
  overlay: ViewerOverlay & { readonly type: 'imginfo' },
  color: Rgb,
): Promise<readonly Shape[]> {
  const problem = `Invalid table file [${overlay.file}].`
  const { table } = await readTable(place, overlay.file, problem)
  if (!hasCoverage(table))
    throw new MontageError('MONTAGE_BAD_TABLE', problem, {
      where: [overlay.file],
      found: 'neither corners (ra1, dec1 ... ra4, dec4) nor coordinate systems (ctype1, crval1 ...)',
    })
  // Coordinate systems of tables give J2000 positions.
  const lens = skyLens(view, hasCornerColumns(table) ? (overlay.frame ?? J2000) : J2000)
  return imageCorners(table).flatMap((corners) => outlineShapes(lens, corners, color))
}

async function drawCatalog(
  place: Place,
  view: SkyView,
  overlay: Catalog,
  color: Rgb,
  font: Font | undefined,
  sizePixels: number,
): Promise<readonly Shape[]> {
  const problem = `Invalid table file [${overlay.file}].`
  const { table } = await readTable(place, overlay.file, problem)
  const isEquatorial = hasColumns(table, ['ra', 'dec'])
  const names = isEquatorial ? (['ra', 'dec'] as const) : (['lon', 'lat'] as const)
  if (!isEquatorial) needColumns(table, ['ra|lon', 'dec|lat'], overlay.file, problem)
  const lens = skyLens(view, overlay.frame ?? J2000)
  const sources = catalogSources(table, names, overlay, lens, color)
  return catalogShapes(lens, sources, font, sizePixels)
}

function* catalogSources(
  table: Table,
  [lon, lat]: readonly [string, string],
  overlay: Catalog,
  lens: SkyLens,
  color: Rgb,
): Generator<CatalogSource> {
  const column = (name: string | undefined): readonly string[] | undefined => {
    if (name === undefined) return undefined
    needColumns(table, [name], overlay.file, `Column ${name} not found in table [${overlay.file}].`)
    return texts(table, name)
  }
  const [lons, lats] = [numbers(table, lon), numbers(table, lat)]
  const values = column(overlay.scaleColumn)
  const sizes = column(overlay.sizeColumn)
  const shapes = column(overlay.shapeColumn)
  const labels = column(overlay.labelColumn)
  const colors = column(overlay.colorColumn)
  const { symbol = DEFAULT_SYMBOL, reference = 1, scaling = 'flux' } = overlay
  for (let row = 0; row < table.rowCount; row++) {
    const own = symbol === 'none' ? undefined : rowSymbol(symbol, sizes?.[row], shapes?.[row])
    const value = values?.[row]
    const scaled =
      own === undefined || value === undefined
        ? own
        : scaledSymbol(
            lens,
            own,
            { kind: scaling, reference },
            value.trim() === '' ? Number.NaN : Number(value),
          )
    const name = colors?.[row]?.trim()
    yield {
      position: { lonDeg: lons[row]!, latDeg: lats[row]! },
      symbol: scaled,
      color: name === undefined || name === '' ? color : namedColor(name),
      label: labels?.[row]?.trim(),
    }
  }
}

/** The symbol with the size and shape that a row asks for. */
function rowSymbol(symbol: MarkSymbol, size: string | undefined, shape: string | undefined): MarkSymbol {
  const [name, vertices, rotation] = shape?.trim().split(/\s+/) ?? []
  return {
    ...symbol,
    ...(size === undefined || size.trim() === '' ? {} : symbolSize(size.trim())),
    ...(name === undefined || name === '' ? {} : { shape: symbolShape(name, vertices, rotation) }),
  }
}
