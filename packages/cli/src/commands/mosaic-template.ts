import type { TemplateOptions } from '@skyloom/mosaic'
import type { CelestialFrame } from '@skyloom/wcs'
import { type Command, Option } from 'commander'
import { parsePositive, parseRotation, parseSize } from '../terminal/values.ts'

/** Flags that say what grid of pixels a mosaic has. */
export interface TemplateFlags {
  readonly header?: string
  readonly size?: { width: number; height: number }
  readonly scale?: number
  readonly projection?: string
  readonly frame?: CelestialFrame['system']
  readonly rotation?: number | 'fit'
}

/** Adds the options for {@link TemplateFlags}. */
export function addTemplateOptions(command: Command): Command {
  return command
    .option('--header <file>', 'header template (.hdr) of the mosaic')
    .option('--size <deg>', 'width, or "width height", in degrees', parseSize)
    .option('--scale <arcsec>', 'pixel side (default: the finest of the images)', parsePositive)
    .option('--projection <code>', 'FITS projection: TAN, SIN, ZEA, CAR, AIT, ... (default: TAN)')
    .addOption(
      new Option('--frame <name>', 'celestial frame (default: that of the images)').choices([
        'icrs',
        'fk5',
        'fk4',
        'galactic',
        'ecliptic',
      ]),
    )
    .option(
      '--rotation <deg|fit>',
      'angle of the upward direction, east of north; fit: smallest rectangle',
      parseRotation,
    )
}

/** The flags as options of the library; centre and size are left to the caller. */
export function templateOptions(flags: TemplateFlags): Omit<TemplateOptions, 'centre' | 'sizeDeg'> {
  return {
    ...(flags.scale === undefined ? {} : { scaleDeg: flags.scale / 3600 }),
    ...(flags.projection === undefined ? {} : { projection: flags.projection.toUpperCase() }),
    ...(flags.frame === undefined ? {} : { frame: { system: flags.frame } }),
    ...(flags.rotation === undefined ? {} : { rotation: flags.rotation }),
  }
}
