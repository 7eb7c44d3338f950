import type { Command } from 'commander'
import { Option } from 'commander'
import {
  parseAngles,
  parseHdu,
  parseNumber,
  parsePositive,
  parseRange,
  parseRegion,
  parseSize,
} from '../terminal/values.ts'
import type { CompressFlags } from './fits-compress.ts'
import type { CutoutFlags } from './fits-cutout.ts'
import type { DiffFlags } from './fits-diff.ts'
import type { TableFlags } from './fits-table.ts'

/** `skyloom fits ...` */
export function addFitsCommand(program: Command): void {
  const fits = program.command('fits').description('look at, check and change FITS files')
  const json = (command: Command): Command => command.option('--json', 'print one JSON document')

  json(fits.command('info <files...>'))
    .description('list the HDUs of files')
    .addHelpText('after', '\nExample:\n  skyloom fits info m51.fits')
    .action(async (files: string[], flags: { json?: boolean }) => {
      const { fitsInfo } = await import('./fits-look.ts')
      process.exitCode = await fitsInfo(files, flags)
    })
  json(fits.command('header <file>'))
    .description('print a header, or some of its cards')
    .option('--hdu <n|name>', 'which HDU (default: 0)', parseHdu)
    .option('--keyword <names...>', 'only these keywords')
    .addHelpText('after', '\nExample:\n  skyloom fits header m51.fits --hdu 1 --keyword CRVAL1 CRVAL2')
    .action(async (file: string, flags: { json?: boolean; hdu?: number | string; keyword?: string[] }) => {
      const { fitsHeader } = await import('./fits-look.ts')
      process.exitCode = await fitsHeader(file, flags)
    })
  json(fits.command('stats <file>'))
    .description('count, extremes, mean and rms of the pixels of every image')
    .addHelpText('after', '\nExample:\n  skyloom fits stats mosaic.fits --json')
    .action(async (file: string, flags: { json?: boolean }) => {
      const { fitsStats } = await import('./fits-look.ts')
      process.exitCode = await fitsStats(file, flags)
    })
  json(fits.command('verify <files...>'))
    .description('check files against the FITS standard, checksums included')
    .option('--repair <file>', 'write a repaired copy of the one file given')
    .addHelpText('after', '\nExample:\n  skyloom fits verify *.fits')
    .action(async (files: string[], flags: { json?: boolean; repair?: string }, command: Command) => {
      if (flags.repair !== undefined && files.length !== 1) command.error('error: --repair takes one file')
      const { fitsVerify } = await import('./fits-verify.ts')
      process.exitCode = await fitsVerify(files, flags)
    })
  json(fits.command('table <file>'))
    .description('print a table as IPAC, VOTable, CSV or JSON')
    .option('--hdu <n|name>', 'which HDU (default: the first table)', parseHdu)
    .option('--columns <names...>', 'only these columns')
    .option('--rows <first:last>', 'only these rows, counted from 1', parseRange)
    .addOption(
      new Option('--format <name>', 'form of the output').choices(['ipac', 'csv', 'votable']).default('ipac'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  skyloom fits table catalog.fits --rows 1:20 --columns ra dec --format csv',
    )
    .action(async (file: string, flags: TableFlags) => {
      const { fitsTable } = await import('./fits-table.ts')
      process.exitCode = await fitsTable(file, flags)
    })
  json(fits.command('cutout <file> <out>'))
    .description('write a part of an image as a file of its own')
    .option('--hdu <n|name>', 'which HDU (default: the first image)', parseHdu)
    .option('--region <"x1 x2 y1 y2">', 'FITS pixels, counted from 1, both ends included', parseRegion)
    .option('--center <"lon lat">', 'centre in degrees, in the frame of the image', parseAngles)
    .option('--size <deg>', 'width, or "width height", in degrees', parseSize)
    .option('--plane <n>', 'plane of a cube, counted from 1', parsePositive)
    .option('--overwrite', 'replace the output file')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom fits cutout mosaic.fits core.fits --center "83.82 -5.39" --size 0.1',
    )
    .action(async (file: string, out: string, flags: CutoutFlags, command: Command) => {
      const isBySky = flags.center !== undefined && flags.size !== undefined
      if (isBySky === (flags.region !== undefined))
        command.error('error: give either --region or --center with --size')
      const { fitsCutout } = await import('./fits-cutout.ts')
      process.exitCode = await fitsCutout(file, out, flags)
    })
  json(fits.command('compress <file> <out>'))
    .description('write a copy with tile-compressed images')
    .addOption(
      new Option('--method <name>', 'default: RICE_1 for integers and quantized floats, else GZIP_2').choices(
        ['RICE_1', 'GZIP_1', 'GZIP_2', 'HCOMPRESS_1', 'PLIO_1'],
      ),
    )
    .option(
      '--quantize <level>',
      'round floats to noise / level (such as 4); without it nothing is lost',
      parseNumber,
    )
    .option('--overwrite', 'replace the output file')
    .addHelpText('after', '\nExample:\n  skyloom fits compress raw.fits raw.fits.fz')
    .action(async (file: string, out: string, flags: CompressFlags) => {
      const { fitsCompress } = await import('./fits-compress.ts')
      process.exitCode = await fitsCompress(file, out, flags)
    })
  json(fits.command('uncompress <file> <out>'))
    .description('write a copy with plain images and tables')
    .option('--overwrite', 'replace the output file')
    .addHelpText('after', '\nExample:\n  skyloom fits uncompress raw.fits.fz raw.fits')
    .action(async (file: string, out: string, flags: CompressFlags) => {
      const { fitsUncompress } = await import('./fits-compress.ts')
      process.exitCode = await fitsUncompress(file, out, flags)
    })
  json(fits.command('diff <a> <b>'))
    .description('compare two files: cards, pixels, other data; exit 1 when they differ')
    .option('--atol <value>', 'allowed absolute difference of pixels', parseNumber, 0)
    .option('--rtol <value>', 'allowed relative difference of pixels', parseNumber, 0)
    .option('--ignore <keywords...>', 'keywords that are not compared')
    .addHelpText(
      'after',
      '\nExample:\n  skyloom fits diff old.fits new.fits --rtol 1e-6 --ignore DATE HISTORY',
    )
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const { fitsDiff } = await import('./fits-diff.ts')
      process.exitCode = await fitsDiff(a, b, flags)
    })
}
