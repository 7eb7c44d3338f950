import { pathExists } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { areaName } from './area-name.ts'

/**
 * Path of an image that is read under a name that may lack `.fits`: the file with this ending, as Montage takes it, or else the file of
 * exactly this name, so that `x.fits.fz`, `x.fits.gz` and `x.FITS` can be read.
 */
export async function inputImageName(place: Place, name: string): Promise<string> {
  const ended = `${name.replace(/\.fits$/, '')}.fits`
  const isOther = ended !== name && !(await pathExists(place, ended)) && (await pathExists(place, name))
  return isOther ? name : ended
}

/** Path of the area image beside an image; those of `x.fits.fz` are in `x_area.fits.fz` or `x_area.fits`. */
export async function inputAreaName(place: Place, image: string): Promise<string> {
  const [, base, ending] = /^(.*)\.fits(\.(?:fz|gz))$/.exec(image) ?? []
  if (base === undefined || ending === undefined) return areaName(image)
  const beside = `${base}_area.fits${ending}`
  return (await pathExists(place, beside)) ? beside : `${base}_area.fits`
}
