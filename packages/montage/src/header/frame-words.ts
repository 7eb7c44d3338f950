import type { MontageFrame, MontageSystem } from '@skyloom/wcs'
import { realArgument } from '../command/module.ts'
import { MontageError } from '../errors.ts'

const SYSTEMS: ReadonlyMap<string, MontageSystem> = new Map([
  ...['eq', 'equ', 'equatorial', 'equj'].map((name) => [name, 'EQUJ'] as const),
  ['equb', 'EQUB'],
  ...['ec', 'ecl', 'ecliptic', 'eclj'].map((name) => [name, 'ECLJ'] as const),
  ['eclb', 'ECLB'],
  ...['ga', 'gal', 'galactic'].map((name) => [name, 'GAL'] as const),
  ...['sgal', 'supergalactic'].map((name) => [name, 'SGAL'] as const),
])

/**
 * A coordinate system from the words of arguments.
 *
 * @param name default `equj`
 * @param year equinox; default 2000, for `equb` and `eclb` 1950
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function readFrameWords(name: string = 'equj', year?: string): MontageFrame {
  const system = SYSTEMS.get(name.toLowerCase())
  if (system === undefined)
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      'Invalid system string.  Must be EQUJ|EQUB|ECLJ|ECLB|GAL|SGAL',
      { found: name },
    )
  const isBesselian = system === 'EQUB' || system === 'ECLB'
  if (year === undefined) return { system, epochYear: isBesselian ? 1950 : 2000 }
  return { system, epochYear: realArgument(year, `Equinox string is not a number: ${year}`) }
}
