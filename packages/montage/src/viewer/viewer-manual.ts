import { DEBUG_OPTION, type ManualRow, type ManualSection, type ModuleManual } from '../command/manual.ts'
import type { HistogramResult } from './histogram.ts'

const RANGES: ManualSection = {
  title: 'Range strings',
  rows: [
    ['12.5', 'A data value.'],
    ['99.5%', 'The data value below which this part of the pixels lies, 0 to 100.'],
    ['-2s', 'Sigmas from the median; a sigma is half the distance of the percentiles 16 and 84.'],
    ['min max med', 'The percentiles 0, 100 and 50.'],
    ['max-10 50%+2.5', 'Each with a number of data units added.'],
  ],
}
const STRETCHES: ManualSection = {
  title: 'Stretches',
  rows: [
    ['linear', 'Default; the same as `0`.'],
    ['log loglog 3', 'So many natural logarithms of 9 x + 1, x from 0 to 1 over the range.'],
    ['gaussian', 'Histogram equalisation to a Gaussian.'],
    [
      'gaussian-log',
      'The same with a logarithm towards the bright end: faint nebulae and bright cores at once.',
    ],
    ['asinh [beta]', '`asinh(beta x) / beta`; beta is a range string, default `2s`.'],
  ],
}
const FILE_SUFFIX =
  'Behind the name `[hdu]`, `[hdu][plane3]` or `[hdu][plane3][plane4]` choose an HDU (from 0) and planes of the third and fourth axis (from 1). Without, the first HDU with pixels is taken. Tile-compressed and gzipped files are read as they are.'

const VIEWER_OPTIONS: readonly ManualRow[] = [
  ['-gray file min max [stretch [beta]]', `The image of a grey or false-colour picture. ${FILE_SUFFIX}`],
  [
    '-gray file -histfile hist',
    'The same with range and stretch of a file of mHistogram; also for the colours.',
  ],
  ['-red file min max [stretch [beta]]', 'Red of a three-colour picture.'],
  ['-green file min max [stretch [beta]]', 'Green; without it the mean of red and blue.'],
  ['-blue file min max [stretch [beta]]', 'Blue.'],
  ['-out file', 'PNG that is written, 8 bits, grey or RGB; also `-png`.'],
  ['-jpeg file', 'JPEG of quality 85 instead; what is longer than 65,500 pixels is cut at both ends.'],
  ['-json text', 'A JSON description instead of directives; directives may add to it.'],
  ['-jfile file', 'The same from a file.'],
  ['-ct n', 'Colour table 0 to 11 of a picture of one image.'],
  ['-t power', 'True colours: strengthens colours, 1 to 4.'],
  ['-saturate level', 'Level 0 to 255 of pixels without data, default 0.'],
  ['-nowcs', 'Treat images as arrays of pixels; coordinate systems are neither needed nor compared.'],
  ['-noflip', 'Keep rows and columns as stored; else north is up and east left as far as flips can do it.'],
  [
    '-color c',
    'Colour of the overlays that follow: black white red green blue magenta cyan yellow gray or rrggbb.',
  ],
  ['-fontscale s', 'Size of the labels that follow, default 1.'],
  ['-fontfile file', 'TrueType font; default the one that comes with the program.'],
  [
    '-csys system [equinox]',
    'System of the positions that follow: eq, ec, ga, sg; equinox J2000, B1950, ...',
  ],
  ['-grid system [equinox]', 'Coordinate grid with labels.'],
  [
    '-symbol size [shape [nvertex [rotation]]]',
    'Symbol for marks and catalogs that follow, or `none`. Sizes are radii in heights of a character (0.0025 of the larger side), with s, m, d or p in arcsec, arcmin, degrees or pixels. Shapes: triangle box square diamond pentagon hexagon septagon octagon plus el circle compass; polygon (0), starred (1) and skeletal (2) with a count of vertices and a turn to the west in degrees.',
  ],
  [
    '-catalog file [column [ref [scaling]]]',
    'Symbols at the positions of a table; their size follows a column.',
  ],
  ['-scalecol column', 'Column for the size of the symbols of the catalogs that follow, or `none`.'],
  ['-sizecol column', 'Column with a size for each row.'],
  ['-shapecol column', 'Column with a shape for each row.'],
  ['-labelcol column', 'Column with a label for each row.'],
  ['-colorcol column', 'Column with a colour for each row.'],
  ['-imginfo file', 'Outlines of the images of a table.'],
  ['-mark lon lat', 'One symbol; values with a p behind them are FITS pixels.'],
  ['-label lon lat text', 'Text around a position.'],
  DEBUG_OPTION,
]

const LIMITS = {
  min: 'data value shown as black',
  minpercent: 'its percentile',
  minsigma: 'its distance from the median in sigmas',
  max: 'data value shown as white',
  maxpercent: 'its percentile',
  maxsigma: 'its distance from the median in sigmas',
  datamin: 'least value of the image',
  datamax: 'largest value of the image',
} as const

/** The limits of each channel; a picture of three images has them instead of the plain ones. */
const CHANNEL_LIMITS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['b', 'blue'],
    ['g', 'green'],
    ['r', 'red'],
  ].flatMap(([letter, color]) =>
    Object.entries(LIMITS).map(([key, meaning]) => [`${letter}${key}`, `${color}: ${meaning}`]),
  ),
)

/** Manual page of mViewer. */
export const VIEWER_MANUAL: ModuleManual = {
  description: `Draws one image in grey or false colours, or three as a colour picture, with overlays on top.
    Directives are read from left to right; settings stay in force for the overlays behind them.

    Images are read by strips and a PNG is written by strips, so that an image much larger than the memory can be drawn.
    Where the coordinate system allows it the picture carries AVM metadata (XMP) that place it on the sky.`,
  synopsis: [
    '[directives] -gray file min max [stretch [beta]] -out out.png',
    '[directives] -red file min max [stretch] [-green file min max [stretch]] -blue file min max [stretch] -out out.png',
    '-json text -out out.png',
    '-jfile file -out out.png',
  ],
  options: VIEWER_OPTIONS,
  operands: [],
  reads: [
    ['catalog', 'IPAC table with columns `ra` and `dec`, or `lon` and `lat`, in degrees.'],
    [
      'imginfo',
      'Image table with `ra1`, `dec1` ... `ra4`, `dec4`, or with `ctype1`, `crval1` and so on, as of mImgtbl.',
    ],
    [
      'JSON',
      '`image_type`, `gray_file` (`fits_file`, `stretch_min`, `stretch_max`, `stretch_mode`, `stretch_beta`, `color_table`), `red_file`, `green_file`, `blue_file`, `true_color`, `no_wcs`, `no_flip`, `color`, `coord_sys`, `font_scale`, and `overlays`: a list of objects with `type` (grid, catalog, imginfo, mark, label), `visible`, `color`, `coord_sys`, `data_file`, `data_column`, `data_ref`, `data_type` (flux, mag, log), `symbol`, `sym_size`, `size_column`, `shape_column`, `label_column`, `color_column`, `lon`, `lat`, `text`, `font_scale`.',
    ],
  ],
  writes: [['out.png', 'The picture, under its name only when it is complete.']],
  returns: {
    type: '`grayscale` or `color`',
    width: 'pixels',
    height: 'pixels',
    ...LIMITS,
    ...CHANNEL_LIMITS,
    xflip: '1 when columns run from right to left',
    yflip: '1 when the first row is at the bottom',
    bunit: 'unit of the (red) image',
    colortable: 'colour table; pictures of one image only',
  },
  sections: [
    RANGES,
    STRETCHES,
    {
      title: 'Differences from Montage 6.0',
      rows: [
        ['min above max', 'Gives a negative; Montage shows two levels only.'],
        ['-red and -blue', 'Green is their mean; Montage leaves it black.'],
        ['-histfile', 'Powers of logarithms in the file are used.'],
        ['labels', 'Stay on the picture, do not cover each other, and need no installed font.'],
      ],
    },
  ],
  example: [
    'mViewer -color yellow -grid eq J2000 -gray mosaic.fits -1s max gaussian-log -out mosaic.png',
    "mViewer -symbol 5s circle -catalog stars.tbl j_m 14 mag -mark 83.82 -5.39 -gray 'image.fits[1]' 1% 99.9% log -out stars.png",
  ],
}

const HISTOGRAM_RETURNS: Readonly<Record<keyof HistogramResult, string>> = LIMITS

/** Manual page of mHistogram. */
export const HISTOGRAM_MANUAL: ModuleManual<keyof HistogramResult> = {
  description: `Counts the values of an image in 200,000 bins and writes them with a stretch, for \`-histfile\` of mViewer, so that several
    images are shown alike.`,
  options: [
    ['-range x0 x1 y0 y1', 'Count only the pixels of this part, FITS pixels, ends included.'],
    ['-file in.fits min max [stretch [beta]]', `The image and how it is to be shown. ${FILE_SUFFIX}`],
    ['-out out.hist', 'The histogram file that is written.'],
    DEBUG_OPTION,
  ],
  operands: [],
  synopsis: ['[-range x0 x1 y0 y1] -file in.fits min max [stretch [beta]] -out out.hist'],
  writes: [['out.hist', 'Text: type of the stretch, its range in all units, 256 levels, 200,000 bins.']],
  returns: HISTOGRAM_RETURNS,
  sections: [RANGES, STRETCHES],
  example: ['mHistogram -file mosaic.fits -1s max gaussian-log -out mosaic.hist'],
}

/** Manual page of mCombineHist. */
export const COMBINE_MANUAL: ModuleManual<keyof HistogramResult> = {
  description: `Adds histogram files of several images over the range of them all and makes one stretch, so that tiles of a mosaic are shown
    alike.`,
  options: [
    ['-stretch min max [stretch [beta]]', 'Range strings and stretch; default the whole range, linear.'],
    ['-out out.hist', 'The histogram file that is written.'],
    DEBUG_OPTION,
  ],
  operands: [['in.hist ...', 'Histogram files of mHistogram.']],
  synopsis: ['-stretch min max [stretch [beta]] -out out.hist in.hist ...'],
  reads: [['in.hist', 'Histogram files; their own stretches do not count.']],
  writes: [['out.hist', 'The histogram of all together.']],
  returns: HISTOGRAM_RETURNS,
  sections: [RANGES, STRETCHES],
  example: ['mCombineHist -stretch -1s max gaussian-log -out all.hist a.hist b.hist'],
}
