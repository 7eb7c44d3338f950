/** Name of an image that is written; `.fits` is put on when it is missing. */
export function fitsName(path: string): string {
  return `${path.replace(/\.fits$/, '')}.fits`
}

/** Name of the area image beside an image; `.fits` is taken off and put on again. */
export function areaName(path: string): string {
  return `${path.replace(/\.fits$/, '')}_area.fits`
}

/** Name of an output image without one of the endings that the modules of the engine take off. */
export function outputBase(path: string): string {
  return path.replace(/\.(?:fits|FITS|fit|FIT)$/, '')
}
