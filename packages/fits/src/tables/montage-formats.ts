import type { IpacColumnFormat, IpacTableFormat } from './ipac/layout.ts'
import type { IpacFixedColumn } from './ipac/read.ts'

// Layouts of the tables that Montage's programs exchange. Widths, precisions and the exact texts between the bars are
// those that Montage 6.0 prints; they are the table format, which other programs read by position.

/** Choices of {@link montageImageTableFormat}. */
export interface MontageImageTableOptions {
  /** With the corner columns ra1, dec1 ... ra4, dec4 (`mImgtbl -c`); some bar texts differ then. */
  readonly hasCorners?: boolean
  /** With the columns of cubes, naxis to crpix4; default true (`mImgtbl -C` leaves them out). */
  readonly hasCube?: boolean
  /** Columns for further header keywords (`mImgtbl -f`), put before those of cubes. */
  readonly userFields?: readonly MontageUserField[]
}

/** A header keyword as an additional column of an image table. */
export interface MontageUserField {
  readonly name: string
  /** text of the type line: `int`, `double`, `char` */
  readonly type: string
  readonly width: number
}

/**
 * Image metadata table: `writeIpacTable(table, montageImageTableFormat())` for the result of mImgtbl.
 *
 * The table needs cntr ra dec cra cdec naxis1 naxis2 ctype1 ctype2 crpix1 crpix2 crval1 crval2 cdelt1 cdelt2 crota2 equinox
 * size hdu fname, and what the options ask for. Cube columns and user fields hold keyword text without
 * change when they are columns of text; null prints blank. mImgtbl's tables carry the keyword `datatype = fitshdr`.
 */
export function montageImageTableFormat(options: MontageImageTableOptions = {}): IpacTableFormat {
  const corners = options.hasCorners === true
  return {
    columns: [
      ...positionColumns(corners),
      ...geometryColumns(corners),
      ...(options.userFields ?? []).map((field) => textField(field.name, field.type, field.width)),
      ...(options.hasCube === false ? [] : CUBE_COLUMNS),
      ...(corners ? CORNER_COLUMNS : []),
      {
        name: 'size',
        format: ' %12d',
        header: '    size    ',
        typeText: corners ? '    int     ' : '     int    ',
      },
      { name: 'hdu', format: ' %6d', header: ' hdu  ', typeText: ' int  ' },
      {
        name: 'fname',
        format: ' %-*s ',
        minWidth: 6,
        header: (width) => ' fname'.padEnd(width),
        typeText: (width) => ' char'.padEnd(width),
      },
    ],
    barLines: 'names-types',
    padRecords: true,
  }
}

/** Sexagesimal positions are 14 characters long; Montage prints them with %13s, which they overflow. */
function positionColumns(corners: boolean): IpacColumnFormat[] {
  const degrees = corners ? '     double  ' : '    double   '
  const sexagesimal = corners ? '     char     ' : '    char      '
  return [
    { name: 'cntr', format: ' %6d', header: ' cntr ', typeText: ' int  ' },
    { name: 'ra', format: ' %13.7f', header: '      ra     ', typeText: degrees },
    { name: 'dec', format: ' %13.7f', header: '     dec     ', typeText: degrees },
    { name: 'cra', format: ' %14s', header: '      cra     ', typeText: '      char    ' },
    { name: 'cdec', format: ' %14s', header: '     cdec     ', typeText: sexagesimal },
  ]
}

function geometryColumns(corners: boolean): IpacColumnFormat[] {
  const increment = corners ? '      double       ' : '       double      '
  const cdelt1 = corners ? '       cdelt1      ' : '      cdelt1       '
  return [
    { name: 'naxis1', format: ' %6d', header: 'naxis1', typeText: ' int  ' },
    { name: 'naxis2', format: ' %6d', header: 'naxis2', typeText: ' int  ' },
    { name: 'ctype1', format: ' %8s', header: ' ctype1 ', typeText: '  char  ' },
    { name: 'ctype2', format: ' %8s', header: ' ctype2 ', typeText: '  char  ' },
    { name: 'crpix1', format: ' %15.5f', header: '     crpix1    ', typeText: '     double    ' },
    { name: 'crpix2', format: ' %15.5f', header: '     crpix2    ', typeText: '     double    ' },
    { name: 'crval1', format: ' %13.7f', header: '    crval1   ', typeText: '    double   ' },
    { name: 'crval2', format: ' %13.7f', header: '    crval2   ', typeText: '    double   ' },
    { name: 'cdelt1', format: ' %19.10e', header: cdelt1, typeText: increment },
    { name: 'cdelt2', format: ' %19.10e', header: '       cdelt2      ', typeText: increment },
    { name: 'crota2', format: ' %13.7f', header: '   crota2    ', typeText: '   double    ' },
    { name: 'equinox', format: ' %8.2f', header: 'equinox ', typeText: ' double ' },
  ]
}

/** A column of keyword text, right-justified like its name and type. */
function textField(name: string, type: string, width: number): IpacColumnFormat {
  return { name, format: ` %${width}s`, header: name.padStart(width), typeText: type.padStart(width) }
}

const CUBE_COLUMNS: readonly IpacColumnFormat[] = [
  textField('naxis', 'int', 6),
  textField('naxis3', 'int', 6),
  textField('crval3', 'double', 22),
  textField('cdelt3', 'double', 22),
  textField('crpix3', 'double', 22),
  textField('naxis4', 'int', 6),
  textField('crval4', 'double', 22),
  textField('cdelt4', 'double', 22),
  textField('crpix4', 'double', 22),
]

const CORNER_COLUMNS: readonly IpacColumnFormat[] = [1, 2, 3, 4].flatMap((corner) => [
  { name: `ra${corner}`, format: ' %13.7f', header: `      ra${corner}    `, typeText: '     double  ' },
  { name: `dec${corner}`, format: ' %13.7f', header: `     dec${corner}    `, typeText: '     double  ' },
])

/** Overlap table, as mOverlaps writes it: cntr1 cntr2 plus minus diff. */
export const montageOverlapTableFormat: IpacTableFormat = {
  columns: [
    { name: 'cntr1', format: '%8d', header: ' cntr1 ', typeText: ' int   ' },
    { name: 'cntr2', format: '%8d', header: ' cntr2 ', typeText: ' int   ' },
    nameColumn('plus', ' %*s'),
    nameColumn('minus', '  %*s'),
    {
      name: 'diff',
      format: '  %s',
      header: '         diff             ',
      typeText: '         char             ',
    },
  ],
  barLines: 'names-types',
}

/** A file name right-justified in the longest name's width, and so are the texts of its bars. */
function nameColumn(name: string, format: string): IpacColumnFormat {
  return {
    name,
    format,
    minWidth: name.length,
    header: (width) => `${name.padStart(width)} `,
    typeText: (width) => `${'char'.padStart(width)} `,
  }
}

/** Name and printf format of the columns of a table of fits. */
const FIT_COLUMNS: readonly (readonly [name: string, format: string, centred: string])[] = [
  ['plus', '%9d', '   plus  '],
  ['minus', '%9d', '  minus  '],
  ['a', '%16.5e', '         a      '],
  ['b', '%16.5e', '        b       '],
  ['c', '%16.5e', '        c       '],
  ['crpix1', '%14.2f', '    crpix1    '],
  ['crpix2', '%14.2f', '    crpix2    '],
  ['xmin', '%10d', '   xmin   '],
  ['xmax', '%10d', '   xmax   '],
  ['ymin', '%10d', '   ymin   '],
  ['ymax', '%10d', '   ymax   '],
  ['xcenter', '%13.2f', '   xcenter   '],
  ['ycenter', '%13.2f', '   ycenter   '],
  ['npixel', '%13.0f', '    npixel   '],
  ['rms', '%16.5e', '      rms       '],
  ['boxx', '%16.1f', '      boxx      '],
  ['boxy', '%16.1f', '      boxy      '],
  ['boxwidth', '%16.1f', '    boxwidth    '],
  ['boxheight', '%16.1f', '   boxheight    '],
  ['boxang', '%16.1f', '     boxang     '],
]

function fitTableFormat(isCentred: boolean): IpacTableFormat {
  const columns = FIT_COLUMNS.map(([name, format, centred]): IpacColumnFormat => {
    const after = name === 'boxang' ? ' ' : ''
    return { name, format: ` ${format}${after}`, header: isCentred ? centred : name.padStart(centred.length) }
  })
  return { columns, barLines: 'names' }
}

/**
 * Table of fits as mFitExec writes it: names right-justified. Six significant digits of a, b, c survive and xmin to
 * ymax are cut to whole pixels; both belong to the results that others expect.
 */
export const montageFitTableFormat: IpacTableFormat = fitTableFormat(false)

/** Table of fits as mDiffFitExec writes it: names centred, records as mFitExec's. */
export const montageDiffFitTableFormat: IpacTableFormat = fitTableFormat(true)

/** Correction table, as mBgModel writes it: id a b c. */
export const montageCorrectionTableFormat: IpacTableFormat = {
  columns: [
    { name: 'id', format: ' %8d', header: '   id   ' },
    { name: 'a', format: '  %13.5e', header: '      a       ' },
    { name: 'b', format: '  %13.5e', header: '      b       ' },
    { name: 'c', format: '  %13.5e', header: '      c       ' },
  ],
  barLines: 'names',
}

/** Printf formats of mProjExec's projection statistics; the table has no bar lines. */
export const montageProjectionStatsFormat: IpacTableFormat = {
  columns: [
    { name: 'fname', format: ' %-60s' },
    { name: 'message', format: ' %-30s' },
    { name: 'seconds', format: ' %10.1f' },
  ],
  barLines: 'none',
}

/** Where the values of mProjExec's projection statistics stand; they have no bar lines. */
export const montageProjectionStatsColumns: readonly IpacFixedColumn[] = [
  { name: 'fname', start: 1, end: 61, type: 'string' },
  { name: 'message', start: 62, end: 92, type: 'string' },
  { name: 'seconds', start: 92, type: 'float64' },
]
