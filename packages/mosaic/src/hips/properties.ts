import type { HpxFrame } from '../healpix/hpx-header.ts'
import { PROGRAM, VERSION } from '../make/version.ts'
import { hipsPixelScaleDeg } from './hips-order.ts'
import { HIPS_TILE_SIDE, type HipsFormat } from './tile.ts'
import type { HipsCut } from './tile-levels.ts'

/** What the properties of a HiPS tell. */
export interface HipsFacts {
  /** IVOA identifier: `ivo://authority/path`. */
  readonly creatorDid: string
  readonly title: string
  readonly order: number
  readonly frame: HpxFrame
  readonly formats: readonly HipsFormat[]
  readonly cut: HipsCut
  /** Time of making. */
  readonly dateMs: number
  /** Fraction of the sky that is covered. */
  readonly skyFraction: number
  readonly centre: { readonly lonDeg: number; readonly latDeg: number }
  readonly fovDeg: number
  readonly sizeBytes: number
  /** Unit of the pixels, BUNIT of the images. */
  readonly unit: string | undefined
  /** Further properties by keyword; they replace those above. */
  readonly more: ReadonlyMap<string, string>
}

/** Width of the names, as other makers of HiPS write them. */
const NAME_CHARS = 20

/** The file `properties`. Source: IVOA HiPS 1.0, section 4.4.1, table 4. */
export function formatHipsProperties(facts: HipsFacts): string {
  const { order, frame, cut, centre } = facts
  const date = `${new Date(facts.dateMs).toISOString().slice(0, 16)}Z`
  const values = new Map<string, string>([
    ['creator_did', facts.creatorDid],
    ['obs_title', facts.title],
    ['dataproduct_type', 'image'],
    ['hips_version', '1.4'],
    ['hips_builder', `${PROGRAM} ${VERSION}`],
    ['hips_creation_date', date],
    ['hips_release_date', date],
    ['hips_status', 'public master clonableOnce'],
    ['hips_frame', frame],
    ['hips_order', String(order)],
    ['hips_order_min', '0'],
    ['hips_tile_width', String(HIPS_TILE_SIDE)],
    ['hips_tile_format', facts.formats.join(' ')],
    ['hips_hierarchy', 'mean'],
    ['hips_sampling', 'area'],
    ['hips_pixel_bitpix', '-32'],
    ['hips_pixel_scale', exact(hipsPixelScaleDeg(order))],
    ['hips_pixel_cut', `${exact(cut.low)} ${exact(cut.high)}`],
    ['hips_pixel_function', cut.stretch],
    ...(facts.unit === undefined ? [] : [['hips_pixel_unit', facts.unit] as const]),
    ['hips_initial_ra', exact(centre.lonDeg)],
    ['hips_initial_dec', exact(centre.latDeg)],
    ['hips_initial_fov', exact(facts.fovDeg)],
    ['hips_estsize', String(Math.ceil(facts.sizeBytes / 1024))],
    ['moc_sky_fraction', exact(facts.skyFraction)],
    ...facts.more,
  ])
  return [...values].map(([name, value]) => `${name.padEnd(NAME_CHARS)} = ${value}\n`).join('')
}

/** Seven significant digits. */
function exact(value: number): string {
  return String(Number(value.toPrecision(7)))
}
