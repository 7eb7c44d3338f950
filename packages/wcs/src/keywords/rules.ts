/**
 * Which program's reading a header gets where readings differ.
 *
 * - `fits`: the FITS standard; where a header breaks it, the reading of wcslib.
 * - `montage`: Montage and WCSTools. RADECSYS is read, RADESYS is not; CD counts before PC; GLS is SFL without its offset.
 */
export type HeaderRules = 'fits' | 'montage'
