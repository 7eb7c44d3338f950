/**
 * The registry that is used when none is configured: surveys behind the Simple Image Access service (version 2) of the NASA/IPAC
 * Infrared Science Archive, as its documentation describes it; one wavelength (metre) inside each band.
 */
export const DEFAULT_SURVEYS: string = JSON.stringify({
  surveys: {
    '2MASS': {
      title: 'Two Micron All Sky Survey, all-sky release',
      kind: 'sia2',
      url: 'https://irsa.ipac.caltech.edu/SIA',
      parameters: { COLLECTION: 'twomass_allsky' },
      bands: {
        J: { parameters: { BAND: '1.235e-6' } },
        H: { parameters: { BAND: '1.662e-6' } },
        K: { parameters: { BAND: '2.159e-6' } },
      },
    },
    WISE: {
      title: 'AllWISE atlas images',
      kind: 'sia2',
      url: 'https://irsa.ipac.caltech.edu/SIA',
      parameters: { COLLECTION: 'wise_allwise', CALIB: '3' },
      bands: {
        1: { parameters: { BAND: '3.4e-6' } },
        2: { parameters: { BAND: '4.6e-6' } },
        3: { parameters: { BAND: '12e-6' } },
        4: { parameters: { BAND: '22e-6' } },
      },
    },
  },
})
