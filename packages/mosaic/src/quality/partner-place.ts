/** Where the image lies that goes with another. */
export interface PartnerPlace {
  /** Path of the file, or its name beside the image when the pattern has no folder. */
  readonly path: string
  readonly isBeside: boolean
  /** Number or name of the extension; undefined: the first image of the file. */
  readonly hdu: number | string | undefined
}

/** Ending of names of FITS files. */
const FITS_ENDING = /\.(?:fits?|fts)(?:\.gz|\.fz)?$/i

/**
 * Reads a pattern that says which file goes with an image.
 *
 * - `{stem}` stands for the name of the image's file without its ending, `{name}` for the whole name: `{stem}.weight.fits`, `{name}[2]`.
 * - A pattern without braces is a folder with files of the same names.
 * - `[n]` or `[NAME]` at the end chooses an extension, `[+n]` the one n after that of the image.
 * - A pattern with braces and without a folder lies beside the image; folders count from the working directory.
 *
 * @param pattern as the user gave it
 * @returns undefined for a pattern that cannot be read: empty, or with another name in braces
 */
export function partnerPlace(
  pattern: string,
  image: { readonly fileName: string; readonly hdu: number },
): PartnerPlace | undefined {
  const match = /^(.*?)(?:\[([^\]]*)\])?$/.exec(pattern)
  const place = match?.[1] ?? ''
  const extension = match?.[2]?.trim()
  if (place === '' || extension === '') return undefined
  const { fileName } = image
  const isPattern = place.includes('{')
  const path = isPattern
    ? place.replaceAll('{stem}', fileName.replace(FITS_ENDING, '')).replaceAll('{name}', fileName)
    : `${place.replace(/\/+$/, '')}/${fileName}`
  if (/[{}]/.test(path.replaceAll(fileName, '').replaceAll(fileName.replace(FITS_ENDING, ''), '')))
    return undefined
  return { path, isBeside: isPattern && !place.includes('/'), hdu: extensionOf(extension, image.hdu) }
}

function extensionOf(extension: string | undefined, hdu: number): number | string | undefined {
  if (extension === undefined) return undefined
  if (/^\+\d+$/.test(extension)) return hdu + Number(extension)
  return /^\d+$/.test(extension) ? Number(extension) : extension
}
