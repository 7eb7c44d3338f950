export {
  roundedAcos,
  roundedAtan2,
  roundedCos,
  roundedCosDeg,
  roundedSin,
  roundedSinDeg,
} from './celestial/rounded-trig.ts'
export type { LookupDistortion, LookupPair, LookupTable } from './distortion/lookup.ts'
export type { PlateSolution } from './distortion/plate-solution.ts'
export type { Sip, SipTerms } from './distortion/sip.ts'
export type { Surface, SurfaceBasis } from './distortion/surface.ts'
export type { Tnx } from './distortion/tnx.ts'
export type { Tpv } from './distortion/tpv.ts'
export { diagnoseWcs, type WcsDiagnosis } from './doctor/diagnose-wcs.ts'
export type { WcsFinding, WcsFindingCode } from './doctor/finding.ts'
export type { WcsReading } from './doctor/reading.ts'
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
export { parseSkyLocation, type SkyLocation } from './frame/parse-location.ts'
export {
  type HealpixCell,
  healpixCellAt,
  healpixCellBoundary,
  healpixCellCentre,
  healpixParent,
  MAX_ARCS_PER_CELL_SIDE,
} from './healpix/cell.ts'
export { type CellRanges, MAX_RANGES } from './healpix/cell-ranges.ts'
export {
  type HealpixScheme,
  healpixCellAreaSr,
  healpixCellCount,
  healpixNside,
  healpixOrder,
  healpixOrderForResolution,
  healpixResolutionDeg,
  MAX_HEALPIX_ORDER,
  MAX_NUMBER_ORDER,
} from './healpix/healpix-grid.ts'
export { type HealpixRegionOptions, healpixInRegion, MAX_REGION_CELLS } from './healpix/healpix-in-region.ts'
export { healpixNeighbours, NEIGHBOUR_DIRECTIONS } from './healpix/neighbours.ts'
export {
  cellFromNested,
  cellFromUniq,
  nestedIndex,
  nestedIndexBig,
  uniqBigOf,
  uniqOf,
} from './healpix/nested-index.ts'
export { type CellSelection, MAX_EDGE_CELLS } from './healpix/region-descent.ts'
export { cellFromRing, ringIndex, ringIndexBig } from './healpix/ring-index.ts'
export {
  type HealpixGrid,
  healpixCell,
  healpixIndex,
  healpixToSky,
  healpixToSkyBulk,
  nestedToRing,
  ringToNested,
  skyToHealpix,
  skyToHealpixBulk,
} from './healpix/sky-index.ts'
export type { KeywordSource, KeywordValue } from './keywords/keyword-reader.ts'
export {
  type LookupReference,
  lookupReferences,
  lookupTableFromKeywords,
} from './keywords/lookup-keywords.ts'
export type { HeaderRules } from './keywords/rules.ts'
export {
  type ApproximateMap,
  type ApproximateMapOptions,
  approximateMap,
  type PixelRegion,
} from './map/approximate-map.ts'
export { type CornerPosition, evaluateMap, evaluateMapRow } from './map/evaluate-map.ts'
export { type PixelMap, type PixelMapOptions, pixelMap } from './map/pixel-map.ts'
export {
  degradeMoc,
  emptyMoc,
  fullMoc,
  type Moc,
  mocAreaSr,
  mocEquals,
  mocFromRanges,
  mocSkyFraction,
} from './moc/moc.ts'
export {
  mocComplement,
  mocContainsMoc,
  mocDifference,
  mocIntersection,
  mocSymmetricDifference,
  mocsOverlap,
  mocUnion,
} from './moc/moc-algebra.ts'
export { mocCells, mocCellsByOrder, mocFromCells } from './moc/moc-cells.ts'
export { type MocCoding, mocColumn, mocFromColumn } from './moc/moc-column.ts'
export { readMocFits, writeMocFits } from './moc/moc-fits.ts'
export {
  type MocRegionOptions,
  mocContains,
  mocContainsBulk,
  mocFromFootprint,
  mocFromPositions,
  mocFromRegion,
} from './moc/moc-from-sky.ts'
export { formatMocAscii, formatMocJson, parseMocAscii, parseMocJson } from './moc/moc-text.ts'
export { PROJECTION_CODES, type ProjectionCode } from './projection/make-projection.ts'
export {
  type BoundingBoxOptions,
  minimumBoundingBox,
  northUpBoundingBox,
  type SkyBox,
} from './sphere/bounding-box.ts'
export {
  boundingCircle,
  type Cap,
  circleAreaSr,
  circleContains,
  circlesOverlap,
  type SkyCircle,
} from './sphere/circle.ts'
export { type ConvexHull, convexHull } from './sphere/convex-hull.ts'
export { type Footprint, type FootprintOptions, footprint, MAX_ARCS_PER_SIDE } from './sphere/footprint.ts'
export {
  angularDistanceDeg,
  distanceToArcDeg,
  offsetPosition,
  positionAngleDeg,
} from './sphere/great-circle.ts'
export { MAX_POLYGON_VERTICES, polygonContains, type SkyPolygon, skyPolygon } from './sphere/polygon.ts'
export {
  circleContainsPolygon,
  circleOverlapsPolygon,
  overlapAreaSr,
  polygonContainsCircle,
  polygonsOverlap,
} from './sphere/polygon-overlap.ts'
export { isSkyCircle, regionContains, regionsOverlap, type SkyRegion } from './sphere/region.ts'
export type { SkyPosition } from './sphere/sky-position.ts'
export { positionOf, type Vector3, vectorOf } from './sphere/vector3.ts'
export { classicPixelsToSky, type PixelsToSky } from './wcs/classic-sky.ts'
export { pixelAreaSr, pixelAreasSr, pixelScaleDeg } from './wcs/pixel-scale.ts'
export { type FitsPixel, pixelsToSky, pixelToSky, skyToPixel, skyToPixels } from './wcs/transform.ts'
export type { SipInverse, Wcs, WcsWarning, WcsWarningCode } from './wcs/wcs.ts'
export { type WcsOptions, wcsFromKeywords } from './wcs/wcs-from-keywords.ts'
