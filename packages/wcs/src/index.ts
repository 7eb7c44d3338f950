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
export type { SkyPosition } from './sphere/sky-position.ts'
