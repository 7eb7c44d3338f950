import type { Command } from 'commander'
import { parseHdu } from '../terminal/values.ts'
import type { WcsFlags } from './wcs-points.ts'

/** `skyloom wcs ...` */
export function addWcsCommand(program: Command): void {
  const wcs = program.command('wcs').description('positions of pixels on the sky')
  const common = (command: Command): Command =>
    command
      .option('--hdu <n|name>', 'HDU of a FITS file (default: the first with coordinates)', parseHdu)
      .option('--json', 'print one JSON document')

  common(wcs.command('pix2sky <file> <coordinates...>'))
    .description('sky positions of FITS pixels (counted from 1) in the frame of the image')
    .addHelpText(
      'after',
      '\nFILE is a FITS file or a text header.\n\nExample:\n  skyloom wcs pix2sky m51.fits 1 1 512 512',
    )
    .action(async (file: string, coordinates: string[], flags: WcsFlags) => {
      const { pixToSky } = await import('./wcs-points.ts')
      process.exitCode = await pixToSky(file, coordinates, flags)
    })
  common(wcs.command('sky2pix <file> <coordinates...>'))
    .description('FITS pixels (counted from 1) of positions in degrees, in the frame of the image')
    .addHelpText(
      'after',
      '\nNegative numbers: skyloom wcs sky2pix FILE -- 83.8 -5.4\n\nExample:\n  skyloom wcs sky2pix m51.fits 202.47 47.19',
    )
    .action(async (file: string, coordinates: string[], flags: WcsFlags) => {
      const { skyToPix } = await import('./wcs-points.ts')
      process.exitCode = await skyToPix(file, coordinates, flags)
    })
  common(wcs.command('footprint <file>'))
    .description('corners and outline of an image on the sky')
    .addHelpText('after', '\nExample:\n  skyloom wcs footprint m51.fits --json')
    .action(async (file: string, flags: WcsFlags) => {
      const { wcsFootprint } = await import('./wcs-points.ts')
      process.exitCode = await wcsFootprint(file, flags)
    })
  common(wcs.command('doctor <file>'))
    .description('find doubtful coordinate keywords, how far their readings part, and the fix')
    .addHelpText('after', '\nExample:\n  skyloom wcs doctor suspicious.fits')
    .action(async (file: string, flags: WcsFlags) => {
      const { wcsDoctor } = await import('./wcs-doctor.ts')
      process.exitCode = await wcsDoctor(file, flags)
    })
}
