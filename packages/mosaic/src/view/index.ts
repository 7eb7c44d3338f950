export { PROGRAM, VERSION } from '../make/version.ts'
export { COLOR_TABLE_COUNT, type ColorTable, colorTable, isGreyTable } from './color/color-table.ts'
export { namedColor } from './color/named-color.ts'
export { type Box, boxOf, type Fill, type Rgb, type Shape, type Stroke, shapeBox } from './draw/shape.ts'
export { type TextPlace, textShape, textWidth } from './font/text-shape.ts'
export { type Font, type Glyph, readTrueType } from './font/truetype.ts'
export { coordinateGrid, type GridLine, type GridStyle, gridLines } from './grid/coordinate-grid.ts'
export { type AvmFacts, avmPacket } from './picture/avm.ts'
export { measurePlane } from './picture/measure-plane.ts'
export {
  type Picture,
  type PictureContent,
  type PictureRows,
  pictureRows,
  type StretchedPlane,
} from './picture/picture.ts'
export { type PlaneChoice, type PlaneRows, planeRows } from './picture/plane-rows.ts'
export { writePng } from './picture/write-png.ts'
export {
  type Flips,
  fromPicture,
  isOnPicture,
  northUpFlips,
  placeOf,
  positionAt,
  type SkyLens,
  type SkyView,
  skyLens,
  toPicture,
} from './sky/sky-view.ts'
export { tracePath } from './sky/trace-path.ts'
export { combineHistograms } from './stretch/combine-histograms.ts'
export { binGauss, LEVEL_COUNT } from './stretch/gaussian-levels.ts'
export {
  BIN_COUNT,
  type CumulativeHistogram,
  cumulate,
  cumulativeHistogram,
  histogramCounter,
  histogramSigma,
  percentBelow,
  percentileLevel,
  sigmaLevel,
} from './stretch/histogram.ts'
export { formatHistogram, parseHistogram, parseHistogramLookup } from './stretch/histogram-file.ts'
export { type LevelTable, levelsInto, levelTable } from './stretch/level-table.ts'
export { limitValue, parseRangeLimit, type RangeLimit, rangeLimit } from './stretch/range-limit.ts'
export {
  DEFAULT_BETA,
  LINEAR,
  type LimitFacts,
  limitFacts,
  makeStretch,
  parseStretchMode,
  type Stretch,
  type StretchMode,
  type StretchRequest,
  stretchedLevel,
} from './stretch/stretch.ts'
export { type CatalogSource, catalogShapes, type SizeScale, scaledSymbol } from './symbol/catalog-shapes.ts'
export { outlineShapes } from './symbol/outline-shapes.ts'
export { DEFAULT_SYMBOL, type MarkSymbol, type SymbolShape, type SymbolUnit } from './symbol/symbol.ts'
export { characterDeg, type SymbolStyle, symbolRadiusDeg, symbolShapes } from './symbol/symbol-shape.ts'
