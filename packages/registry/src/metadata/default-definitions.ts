import type { MetadataDefinitions } from './definitions.ts'

/**
 * Definitions for files of any survey: keywords of the FITS standard (4.0, section 4.4.2) and those that archives agree on. A project
 * gives its own.
 */
export const DEFAULT_DEFINITIONS: MetadataDefinitions = {
  fileTypes: {
    image: {
      description: 'an image of the sky',
      metadata: {
        object: { kind: 'text', from: [{ header: ['OBJECT', 'TARGNAME'] }] },
        band: {
          kind: 'text',
          from: [{ header: ['FILTER', 'BAND', 'FILTER1', 'FILTNAM'] }],
          // 2MASS writes its bands in lower case.
          map: { j: 'J', h: 'H', k: 'K' },
        },
        survey: { kind: 'text', from: [{ header: ['SURVEY', 'SURVNAME'] }] },
        telescope: { kind: 'text', from: [{ header: ['TELESCOP', 'TELNAME'] }] },
        instrument: { kind: 'text', from: [{ header: 'INSTRUME' }] },
        observer: { kind: 'text', from: [{ header: 'OBSERVER' }] },
        date_obs: { kind: 'time', from: [{ header: ['DATE-OBS', 'DATE-BEG'] }] },
        mjd_obs: { kind: 'real', unit: 'd', from: [{ header: ['MJD-OBS', 'MJD-BEG'] }] },
        exptime: { kind: 'real', unit: 's', from: [{ header: ['EXPTIME', 'EXPOSURE', 'XPOSURE'] }] },
        airmass: { kind: 'real', from: [{ header: ['AIRMASS', 'AMASS_FC'] }] },
        seeing: { kind: 'real', unit: 'arcsec', from: [{ header: ['SEEING', 'FWHM'] }] },
        magzp: { kind: 'real', unit: 'mag', from: [{ header: ['MAGZP', 'MAGZPT', 'MAGZERO', 'MAGZRP'] }] },
        bunit: { kind: 'text', from: [{ header: 'BUNIT' }] },
        equinox: { kind: 'real', unit: 'a', from: [{ header: ['EQUINOX', 'EPOCH'] }] },
        width: { kind: 'integer', unit: 'pixel', from: [{ computed: 'width' }] },
        height: { kind: 'integer', unit: 'pixel', from: [{ computed: 'height' }] },
        pixel_scale: { kind: 'real', unit: 'arcsec', from: [{ computed: 'pixel_scale' }] },
        ra: { kind: 'real', unit: 'deg', description: 'of the centre, ICRS', from: [{ computed: 'ra' }] },
        dec: { kind: 'real', unit: 'deg', description: 'of the centre, ICRS', from: [{ computed: 'dec' }] },
      },
    },
    catalog: {
      description: 'a table of sources',
      metadata: {
        object: { kind: 'text', from: [{ header: 'OBJECT', hdu: 'any' }] },
        band: { kind: 'text', from: [{ header: ['FILTER', 'BAND'], hdu: 'any' }] },
        telescope: { kind: 'text', from: [{ header: 'TELESCOP', hdu: 'any' }] },
        instrument: { kind: 'text', from: [{ header: 'INSTRUME', hdu: 'any' }] },
        date_obs: { kind: 'time', from: [{ header: 'DATE-OBS', hdu: 'any' }] },
        rows: { kind: 'integer', from: [{ computed: 'rows' }] },
        columns: { kind: 'integer', from: [{ computed: 'columns' }] },
      },
    },
    file: { description: 'any other file', metadata: {} },
  },
}
