import { WcsError } from '../errors.ts'

/** Error for a parameter with which a projection does not exist. */
export function badParameter(code: string, keyword: string, found: number, allowed: string): WcsError {
  return new WcsError('WCS_BAD_PARAMETER', `projection ${code} does not exist with this parameter`, {
    where: [keyword],
    found: String(found),
    allowed,
    remedy: 'correct the parameter or the projection code in CTYPE',
  })
}
