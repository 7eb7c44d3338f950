export { addStrip, type StripImage, type StripTarget, stripScratchBytes } from './add/add-strip.ts'
export {
  type ClipSettings,
  COMBINE_METHODS,
  type CombineMethod,
  EXTRA_PLANES,
  type ExtraPlane,
  type PlainCombineMethod,
} from './add/combine.ts'
export {
  CLASSIC_COMBINE_METHODS,
  type ClassicCombineMethod,
  type CombinedPlanes,
  type CombineOptions,
  combinePlanes,
} from './add/combine-planes.ts'
export { type FeatheredSide, featherWeight } from './add/feather-weight.ts'
export {
  contextPlaneCount,
  type StackImage,
  type StackSettings,
  type StackTarget,
  stackScratchBytes,
  stackStrip,
} from './add/stack-strip.ts'
export { DEFAULT_SURVEYS } from './archive/default-surveys.ts'
export { findKnownObject, type KnownObject, knownObjects } from './archive/find-known-object.ts'
export type { SearchBox } from './archive/search-box.ts'
export { fileNameOf } from './archive/sia2.ts'
export {
  type FolderService,
  findSurveyBand,
  type NetworkService,
  parseSurveyRegistry,
  type Survey,
  type SurveyBand,
  type SurveyRegistry,
  type SurveyService,
} from './archive/survey-registry.ts'
export { unpackBzip2 } from './archive/unpack-bzip2.ts'
export { anchoredImages } from './background/anchors.ts'
export {
  type ClassicCandidate,
  classicallyUsed,
  type ImageExtent,
  type RejectReason,
} from './background/classic-reject.ts'
export { formatCorrectionTable } from './background/correction-table.ts'
export { connectedGroups } from './background/groups.ts'
export { boxMoments, type Moments } from './background/moments.ts'
export { type BackgroundPlane, evaluatePlane, subtractPlanes, ZERO_PLANE } from './background/plane.ts'
export { type OverlapFit, rejectFits } from './background/reject.ts'
export {
  type CorrectionMap,
  type ImageCorrection,
  type RelaxOptions,
  type RelaxOverlap,
  type RelaxSchedule,
  relaxBackground,
} from './background/relax.ts'
export {
  BACKGROUND_MODES,
  type BackgroundMode,
  type BackgroundSolution,
  type SolveOptions,
  solveBackground,
} from './background/solve.ts'
export { type RobustSolution, solveBackgroundRobustly } from './background/solve-robust.ts'
export { type CorrectedImage, subtractFromImage } from './background/subtract-from-image.ts'
export { usedIn2026 } from './background/used-in-2026.ts'
export { maskBoxes } from './blank/mask-boxes.ts'
export { type ReplacedCounts, replaceRanges, type ValueRange } from './blank/replace-ranges.ts'
export {
  type IntegerBitpix,
  type IntegerScale,
  integerScale,
  storedIntegers,
} from './convert/integer-scale.ts'
export {
  type CubeImage,
  type CubeOverlapOptions,
  type CubePart,
  type CubeSums,
  cubeSums,
} from './cube/cube-sums.ts'
export { transposeAxesInto } from './cube/transpose-axes.ts'
export { transposedHeader } from './cube/transposed-header.ts'
export { differenceScratchBytes, fitDifference, type OverlapSide } from './difference/fit-difference.ts'
export {
  type FitImagePlaneOptions,
  fitImagePlane,
  fitStripedPlane,
  type StripedImage,
} from './difference/fit-image-plane.ts'
export { type FitPlaneOptions, fitPlane, type PlaneFit, type PlanePass } from './difference/fit-plane.ts'
export { type FitRow, formatFitTable } from './difference/fit-table.ts'
export { FIT_FIELDS, type FitField, type FitValues, fitValues } from './difference/fit-values.ts'
export { type Residual, residualAfter } from './difference/residual.ts'
export {
  type AreaSums,
  addAreaSums,
  type DifferenceExtent,
  type ImageDifference,
  NO_RANGE,
  noAreaSums,
  noExtent,
  type PixelRange,
  type PlacedPlane,
  pixelRange,
  subtractImages,
  subtractStrip,
  usualArea,
} from './difference/subtract-images.ts'
export { MosaicError, type MosaicErrorCode } from './errors.ts'
export { escapeMarkup } from './escape-markup.ts'
export {
  addRegionRows,
  NO_STATISTICS,
  type PixelCircle,
  type PixelExtreme,
  type RegionStatistics,
  rmsOf,
} from './examine/region-statistics.ts'
export type { FloatPlane } from './float-plane.ts'
export { convexHull, type Point, type RotatedBox, smallestBox } from './geometry/hull.ts'
export { fitGap, type GapFit } from './healpix/fit-gap.ts'
export { faceReferenceDeg, HPX_FRAMES, type HpxFrame, hpxCdelt, hpxHeader } from './healpix/hpx-header.ts'
export { cellOfPlane, HPX_PLANE_FACES, type PlaneCell, planeCellOf } from './healpix/hpx-plane.ts'
export {
  type HpxPlate,
  type PlateNeighbour,
  plateNeighbours,
  plateOrder,
  plateReferenceDeg,
} from './healpix/hpx-plates.ts'
export { cellOfTurnedPlane, type HealpixOrdering, mapIndex } from './healpix/map-plane.ts'
export { type Seam, seamsBetween } from './healpix/seam-map.ts'
export { ALLSKY_SIZE, allskyPicture, thumbnail } from './hips/allsky.ts'
export { type BranchTile, branchTiles, type HipsBranch, hipsTileTemplate } from './hips/branch.ts'
export { hipsOrderFor, hipsPixelScaleDeg } from './hips/hips-order.ts'
export type { HipsOptions, HipsSummary } from './hips/options.ts'
export {
  HIPS_TILE_SIDE,
  type HipsFormat,
  type HipsTile,
  MAX_HIPS_ORDER,
  tileFolder,
  tilePath,
} from './hips/tile.ts'
export { HIPS_STRETCHES, type HipsCut, type HipsStretch } from './hips/tile-levels.ts'
export type { HduChoice, ImageRecord, ImageScan, RejectedImage } from './image-table/image-record.ts'
export {
  effectiveScale,
  formatImageTable,
  imageTable,
  sexagesimalDec,
  sexagesimalRa,
  type TableImage,
} from './image-table/image-table.ts'
export { forecastTime, type Range, type TimeForecast, type Workload } from './make/forecast-time.ts'
export {
  fitFile,
  JOB_FILES,
  type MosaicPlanFile,
  type PlannedSettings,
  type ProjectedFiles,
  projectedFiles,
  TABLE_NAMES,
} from './make/job-files.ts'
export type { MosaicOptions } from './make/options.ts'
export { partnerFiles, partnerPaths } from './make/partner-files.ts'
export type { MosaicPlan } from './make/plan.ts'
export type {
  ImageSummary,
  MosaicPoint,
  MosaicSummary,
  PairSummary,
  ProductSummary,
  RejectedFile,
  StageSummary,
} from './make/summary.ts'
export { PROGRAM, VERSION } from './make/version.ts'
export { bordersOverlap, type MappedImage } from './overlap/borders-overlap.ts'
export { formatOverlapTable, type OverlapRow } from './overlap/overlap-table.ts'
export { findOverlaps, type OverlapPair } from './overlap/pairs.ts'
export { thinPairs } from './overlap/thin-pairs.ts'
export { drawLevelBar, type LevelBar, padRows } from './pad/pad-rows.ts'
export { measureSource, type SourceFlux } from './photometry/aperture-photometry.ts'
export { clippedLevel, type SkyLevel } from './photometry/clipped-level.ts'
export { type FluxPair, fitScale, type PhotometricScale } from './photometry/fit-scale.ts'
export {
  readStarCatalog,
  type StarCatalog,
  starMagnitudes,
  starRows,
  starsAround,
} from './photometry/star-catalog.ts'
export { type PixelPlane, pixelAt } from './pixel-plane.ts'
export { extraName } from './product/extra-name.ts'
export { type InheritedCard, inheritCards } from './product/inherit.ts'
export {
  type Making,
  type ProductHeaderInput,
  type ProductKind,
  productHeader,
} from './product/product-header.ts'
export { type ClassicExtent, classicExtent, classicWindow } from './project/classic-window.ts'
export { type CoverageExtent, coverageExtent } from './project/coverage-extent.ts'
export { fitPolynomial } from './project/fit-polynomial.ts'
export {
  INTERPOLATIONS,
  type Interpolation,
  isInterpolation,
  kernelTable,
  kernelTaps,
  kernelWeights,
} from './project/interpolation-kernel.ts'
export { outlineRegion } from './project/outline-region.ts'
export {
  type ImagePart,
  type OverlapBand,
  type OverlapImage,
  type OverlapOptions,
  overlapSums,
  type SphereUse,
} from './project/overlap-sums.ts'
export { planarError } from './project/planar-error.ts'
export { type PlaneTurn, planeMap, planeTurn } from './project/plane-map.ts'
export { type ProjectBy, projectBy } from './project/project-by.ts'
export {
  AREA_SCRATCH_BYTES,
  CORNER_BYTES,
  type ImageWindow,
  type ProjectScratch,
  type ProjectTarget,
  projectImage,
  type Sampling,
  TILE_SIDE,
} from './project/project-image.ts'
export {
  CONSERVED,
  type Conserved,
  isFluxPerPixel,
  PROJECT_METHODS,
  type ProjectMethod,
} from './project/project-method.ts'
export { projectQuality, type QualityPlanes, type QualityTarget } from './project/project-quality.ts'
export { type PlacedImage, projectRegion } from './project/project-region.ts'
export { type SampleRule, sampleRows } from './project/sample-rows.ts'
export { type SolidAngleGrid, scaleBySolidAngle, solidAngles } from './project/solid-angle.ts'
export type { SpherePixels, VectorMap } from './project/sphere-cells.ts'
export { type SphereOverlap, type SphereQuad, sphereOverlap } from './project/sphere-overlap.ts'
export { type CornerScratch, gridScratchBytes, type ProjectMap } from './project/tile-corners.ts'
export {
  type ImageQuality,
  PARTNER_KINDS,
  type Partner,
  type PartnerKind,
  type QualityOptions,
  WEIGHT_TYPES,
  type WeightType,
} from './quality/quality-options.ts'
export { intersectRegions, isEmptyRegion, type Region, uniteRegions } from './region.ts'
export { graticule } from './report/graticule.ts'
export { mosaicReport } from './report/report.ts'
export type { GraticuleLine, SkyPicture } from './report/sky-map.ts'
export { rotateInto, rotationSource } from './rotate/rotate-into.ts'
export { type CdMatrix, oldPixel, type RotationGrid, rotationGrid } from './rotate/rotation-grid.ts'
export {
  type ShrinkOptions,
  type ShrinkPlan,
  shrinkPlan,
  shrinkPlane,
  shrinkRows,
  shrinkSource,
} from './shrink/shrink-plane.ts'
export { addSource, type SimulatedSource } from './simulate/add-source.ts'
export { fillPolygon } from './simulate/fill-polygon.ts'
export { addNoise, backgroundRows, type CornerLevels } from './simulate/image-background.ts'
export { seededRandom } from './simulate/seeded-random.ts'
export { SPREAD_SIZES, type SpreadSize, spreadSource } from './simulate/spread-kernel.ts'
export { boxCorners } from './subset/box-corners.ts'
export { classicRegion, facingPixel, shiftOnto } from './subset/classic-region.ts'
export { subsetRegion } from './subset/subset-region.ts'
export { makeTemplate, type TemplateImage, type TemplateOptions } from './template/make-template.ts'
export { readTemplate, type Template, templateFromHeader } from './template/template.ts'
export { extremeVariance } from './uncertainty/extreme-variance.ts'
export { medianVariance } from './uncertainty/median-variance.ts'
