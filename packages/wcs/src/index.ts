export { WcsError, type WcsErrorCode } from './errors.ts'
export {
  CELESTIAL_SYSTEMS,
  type CelestialFrame,
  type CelestialSystem,
  ECLIPTIC_J2000,
  EQUINOX_YEAR_RANGE,
  FK4_B1950,
  FK5_J2000,
  frameName,
  GALACTIC,
  ICRS,
  SUPERGALACTIC,
  sameFrame,
} from './frame/frame.ts'
export { type FrameConverter, type FrameConverterOptions, frameConverter } from './frame/frame-converter.ts'
export type { PrecessionModel } from './frame/frame-rotation.ts'
export {
  MONTAGE_SYSTEMS,
  type MontageFrame,
  type MontageFrameConverter,
  type MontageSystem,
  montageFrameConverter,
} from './frame/montage-frame-converter.ts'
export type { KeywordSource, KeywordValue } from './keywords/keyword-reader.ts'
export type { HeaderRules } from './keywords/rules.ts'
export {
  type ApproximateMap,
  type ApproximateMapOptions,
  approximateMap,
  type PixelRegion,
} from './map/approximate-map.ts'
export { type CornerPosition, evaluateMap, evaluateMapRow } from './map/evaluate-map.ts'
export { type PixelMap, type PixelMapOptions, pixelMap } from './map/pixel-map.ts'
export { PROJECTION_CODES, type ProjectionCode } from './projection/make-projection.ts'
export type { SkyPosition } from './sphere/sky-position.ts'
export { pixelAreaSr, pixelScaleDeg } from './wcs/pixel-scale.ts'
export { type FitsPixel, pixelsToSky, pixelToSky, skyToPixel, skyToPixels } from './wcs/transform.ts'
export type { SipInverse, Wcs, WcsWarning, WcsWarningCode } from './wcs/wcs.ts'
export { type WcsOptions, wcsFromKeywords } from './wcs/wcs-from-keywords.ts'
