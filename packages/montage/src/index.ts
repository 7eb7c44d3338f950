export { type AddInput, type AddResult, mAdd } from './add/add.ts'
export { type BackgroundInput, type BackgroundResult, mBackground } from './background/background.ts'
export { type BgExecInput, type BgExecResult, mBgExec } from './background/bg-exec.ts'
export { type BgModelInput, type BgModelResult, mBgModel } from './background/bg-model.ts'
export { type ConcatFitInput, type ConcatFitResult, mConcatFit } from './background/concat-fit.ts'
export { type DiffInput, type DiffResult, mDiff } from './background/diff.ts'
export { type DiffExecInput, type DiffExecResult, mDiffExec } from './background/diff-exec.ts'
export { type DiffFitInput, type DiffFitResult, mDiffFit } from './background/diff-fit.ts'
export { type DiffFitExecInput, type DiffFitExecResult, mDiffFitExec } from './background/diff-fit-exec.ts'
export { type FitExecInput, type FitExecResult, mFitExec } from './background/fit-exec.ts'
export { type FitplaneInput, type FitplaneResult, mFitplane } from './background/fitplane.ts'
export { type FlattenInput, type FlattenResult, mFlatten } from './background/flatten.ts'
export { type FlattenExecInput, type FlattenExecResult, mFlattenExec } from './background/flatten-exec.ts'
export { mOverlaps, type OverlapsInput, type OverlapsResult } from './background/overlaps.ts'
export type { ManualRow, ManualSection, ModuleManual } from './command/manual.ts'
export type { ModuleAnswer, ModuleCall, ModuleDefinition, MontageModule, Place } from './command/module.ts'
export type { GivenOption } from './command/read-arguments.ts'
export { loadModule, MODULE_NAMES } from './command/registry.ts'
export { callModule, type ModuleIo, type ModuleOutcome, runModule } from './command/run-module.ts'
export type { FieldFormat } from './command/status-line.ts'
export { mShrinkCube, type ShrinkCubeInput, type ShrinkCubeResult } from './cube/shrink-cube.ts'
export { mSubCube, type SubCubeInput, type SubCubeResult } from './cube/sub-cube.ts'
export { mTranspose, type TransposeInput, type TransposeResult } from './cube/transpose.ts'
export { MontageError, type MontageErrorCode } from './errors.ts'
export { type GetHdrInput, type GetHdrResult, mGetHdr } from './header/get-hdr.ts'
export { type HdrCheckInput, type HdrCheckResult, mHdrCheck } from './header/hdr-check.ts'
export { type MakeHdrInput, type MakeHdrResult, mMakeHdr } from './header/make-hdr.ts'
export { mPix2Coord, type Pix2CoordInput, type Pix2CoordResult } from './header/pix2coord.ts'
export { mPutHdr, type PutHdrInput, type PutHdrResult } from './header/put-hdr.ts'
export { mShrinkHdr, type ShrinkHdrInput, type ShrinkHdrResult } from './header/shrink-hdr.ts'
export { mTileHdr, type TileHdrInput, type TileHdrResult } from './header/tile-hdr.ts'
export { type HipsHdrInput, type HipsHdrResult, mHiPSHdr } from './healpix/hips-hdr.ts'
export { type HpxHdrInput, type HpxHdrResult, mHPXHdr } from './healpix/hpx-hdr.ts'
export { type HpxOrderInput, type HpxOrderResult, mHPXOrder } from './healpix/hpx-order.ts'
export { mHPXPlateList, type PlateListInput, type PlateListResult } from './healpix/plate-list.ts'
export {
  type HipsIdResult,
  mHiPSID,
  mHPXCoord2Tile,
  mHPXTileCoords,
  mHPXtile2xy,
  mHPXxy2tile,
  type Tile2xyResult,
  type TileCoordsResult,
  type TileIdResult,
  type TilePlace,
} from './healpix/tile-index.ts'
export { type ConvertInput, type ConvertResult, mConvert } from './image/convert.ts'
export { type FixNaNInput, type FixNaNResult, mFixNaN } from './image/fix-nan.ts'
export { mShrink, type ShrinkInput, type ShrinkResult } from './image/shrink.ts'
export { mSubimage, type SubimageInput, type SubimageResult } from './image/subimage.ts'
export { type BestImageInput, type BestImageResult, mBestImage } from './table/best-image.ts'
export { type ImgtblInput, type ImgtblResult, mImgtbl } from './table/imgtbl.ts'
export { mTblSort, type TblSortInput, type TblSortResult } from './table/tbl-sort.ts'
export { type HdrWwtInput, type HdrWwtResult, mHdrWWT } from './wwt/hdr-wwt.ts'
export { type HdrWwtExecInput, type HdrWwtExecResult, mHdrWWTExec } from './wwt/hdr-wwt-exec.ts'
