export { type AddInput, type AddResult, mAdd } from './add/add.ts'
export { type AddMemInput, type AddMemResult, mAddMem } from './add/add-mem.ts'
export { type ArchiveExecInput, type ArchiveExecResult, mArchiveExec } from './archive/archive-exec.ts'
export { type ArchiveGetInput, type ArchiveGetResult, mArchiveGet } from './archive/archive-get.ts'
export { type ArchiveListInput, type ArchiveListResult, mArchiveList } from './archive/archive-list.ts'
export { type HdrInput, type HdrResult, mHdr } from './archive/hdr.ts'
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
export { type CalExecInput, type CalExecResult, mCalExec } from './calibrate/cal-exec.ts'
export { type CalibrateInput, type CalibrateResult, mCalibrate } from './calibrate/calibrate.ts'
export { type CatSearchInput, type CatSearchResult, mCatSearch } from './calibrate/cat-search.ts'
export { type CatMapInput, type CatMapResult, mCatMap } from './catalog/cat-map.ts'
export type { ManualRow, ManualSection, ModuleManual } from './command/manual.ts'
export type { ModuleAnswer, ModuleCall, ModuleDefinition, MontageModule, Place } from './command/module.ts'
export type { GivenOption } from './command/read-arguments.ts'
export { loadModule, MODULE_NAMES } from './command/registry.ts'
export { callModule, type ModuleIo, type ModuleOutcome, runModule } from './command/run-module.ts'
export type { FieldFormat } from './command/status-line.ts'
export { type AddCubeInput, type AddCubeResult, mAddCube } from './cube/add-cube.ts'
export { mProjectCube, type ProjectCubeInput, type ProjectCubeResult } from './cube/project-cube.ts'
export { mShrinkCube, type ShrinkCubeInput, type ShrinkCubeResult } from './cube/shrink-cube.ts'
export { mSubCube, type SubCubeInput, type SubCubeResult } from './cube/sub-cube.ts'
export { mTranspose, type TransposeInput, type TransposeResult } from './cube/transpose.ts'
export { type DagInput, type DagRegion, mDAG } from './dag/dag.ts'
export { type DagFilesInput, type DagResult, mDAGFiles } from './dag/dag-files.ts'
export {
  type DagGalacticPlaneInput,
  type GalacticRegion,
  mDAGGalacticPlane,
} from './dag/dag-galactic-plane.ts'
export { type DagTblsInput, type DagTblsResult, mDAGTbls } from './dag/dag-tbls.ts'
export { MontageError, type MontageErrorCode } from './errors.ts'
export { type ExamineInput, type ExamineResult, mExamine } from './examine/examine.ts'
export { type ExecInput, type ExecResult, mExec } from './exec/exec.ts'
export { mTblExec, type TblExecInput, type TblExecResult } from './exec/tbl-exec.ts'
export { type CoordInput, type CoordResult, mCoord } from './header/coord.ts'
export { type FixHdrInput, type FixHdrResult, mFixHdr } from './header/fix-hdr.ts'
export { type GetHdrInput, type GetHdrResult, mGetHdr } from './header/get-hdr.ts'
export { type HdrCheckInput, type HdrCheckResult, mHdrCheck } from './header/hdr-check.ts'
export { type MakeHdrInput, type MakeHdrResult, mMakeHdr } from './header/make-hdr.ts'
export { mPix2Coord, type Pix2CoordInput, type Pix2CoordResult } from './header/pix2coord.ts'
export { mPutHdr, type PutHdrInput, type PutHdrResult } from './header/put-hdr.ts'
export { mShrinkHdr, type ShrinkHdrInput, type ShrinkHdrResult } from './header/shrink-hdr.ts'
export { mSubHdr, type SubHdrInput, type SubHdrResult } from './header/sub-hdr.ts'
export { mTileHdr, type TileHdrInput, type TileHdrResult } from './header/tile-hdr.ts'
export { type HipsHdrInput, type HipsHdrResult, mHiPSHdr } from './healpix/hips-hdr.ts'
export { HPXcvt, type HpxCvtInput, type HpxCvtResult } from './healpix/hpx-cvt.ts'
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
export { type HipsAllSkyInput, type HipsAllSkyResult, mHiPSAllSky } from './hips/hips-allsky.ts'
export { type HipsChannel, type HipsPngsInput, type HipsPngsResult, mHiPSPNGs } from './hips/hips-pngs.ts'
export { type HipsTilesInput, type HipsTilesResult, mHiPSTiles } from './hips/hips-tiles.ts'
export { type ConvertInput, type ConvertResult, mConvert } from './image/convert.ts'
export { type FixNaNInput, type FixNaNResult, mFixNaN } from './image/fix-nan.ts'
export { type MaskInput, type MaskResult, mMask } from './image/mask.ts'
export { mPad, type PadInput, type PadResult } from './image/pad.ts'
export { mRotate, type RotateInput, type RotateResult } from './image/rotate.ts'
export { mShrink, type ShrinkInput, type ShrinkResult } from './image/shrink.ts'
export { mSubimage, type SubimageInput, type SubimageResult } from './image/subimage.ts'
export { mTileImage, type TileImageInput, type TileImageResult, type TilePad } from './image/tile-image.ts'
export type { CatalogLayer, ImageRecipe, OutlineLayer } from './make-image/image-recipe.ts'
export { type MakeImgInput, type MakeImgResult, mMakeImg } from './make-image/make-img.ts'
export { readRecipe } from './make-image/read-recipe.ts'
export { type BgCombineInput, type BgCombineResult, mHPXBgCombine } from './plates/bg-combine.ts'
export { type BlendEdgesInput, type BlendEdgesResult, mHPXBlendEdges } from './plates/blend-edges.ts'
export {
  type BgSplitResult,
  type FindFragmentsResult,
  type FragmentsInput,
  mHPXBgSplit,
  mHPXFindFragments,
} from './plates/fragments.ts'
export { type GapCombineInput, type GapCombineResult, mHPXGapCombine } from './plates/gap-combine.ts'
export { type GapDiffInput, type GapDiffResult, mHPXGapDiff } from './plates/gap-diff.ts'
export { type HipsExecInput, type HipsExecResult, mHiPSExec } from './plates/hips-exec.ts'
export {
  type HistCombineInput,
  type HpxCombineHistInput,
  type HpxCombineHistResult,
  mHPXCombineHist,
  mHPXHistCombine,
} from './plates/hist-combine.ts'
export { mHPXMap, type PlateMapInput, type PlateMapResult } from './plates/plate-map.ts'
export { writeStageScripts } from './plates/script-modules.ts'
export { type HipsSetupInput, type HipsSetupResult, mHiPSSetup } from './plates/setup.ts'
export {
  mHPXSplitCorrections,
  type SplitCorrectionsInput,
  type SplitCorrectionsResult,
} from './plates/split-corrections.ts'
export type { StageOptions } from './plates/stage.ts'
export type { ScriptsInput, ScriptsResult } from './plates/write-scripts.ts'
export { mProjExec, type ProjExecInput, type ProjExecResult } from './project/proj-exec.ts'
export { mProject, type OverlapProjectInput, type OverlapRule } from './project/project.ts'
export { type ProjectInput, type ProjectResult } from './project/project-input.ts'
export { mProjectPP, type ProjectPPInput } from './project/project-pp.ts'
export { mProjectQL, type ProjectQLInput } from './project/project-ql.ts'
export { mTANHdr, type TanHdrInput, type TanHdrResult } from './project/tan-hdr.ts'
export { type CoverageCheckInput, type CoverageCheckResult, mCoverageCheck } from './region/coverage-check.ts'
export type { CoverageRegion } from './region/region-arguments.ts'
export { mSubset, type SubsetInput, type SubsetResult } from './region/subset.ts'
export { type BestImageInput, type BestImageResult, mBestImage } from './table/best-image.ts'
export { type HdrtblInput, type HdrtblResult, type LeftOutHeader, mHdrtbl } from './table/hdrtbl.ts'
export { type ImgtblInput, type ImgtblResult, type LeftOut, mImgtbl } from './table/imgtbl.ts'
export { mTblSort, type TblSortInput, type TblSortResult } from './table/tbl-sort.ts'
export { type CombineHistInput, mCombineHist } from './viewer/combine-hist.ts'
export { type HistogramInput, type HistogramResult, mHistogram } from './viewer/histogram.ts'
export type { PixelPart } from './viewer/open-channel.ts'
export { type ColorViewerResult, type GrayViewerResult, mViewer, type ViewerResult } from './viewer/viewer.ts'
export type { ViewerCoordinate, ViewerImage, ViewerInput, ViewerOverlay } from './viewer/viewer-input.ts'
export { type HdrWwtInput, type HdrWwtResult, mHdrWWT } from './wwt/hdr-wwt.ts'
export { type HdrWwtExecInput, type HdrWwtExecResult, mHdrWWTExec } from './wwt/hdr-wwt-exec.ts'
export {
  mPNGWWTExec,
  type PngWwtExecInput,
  type PngWwtExecResult,
  type TileChannel,
} from './wwt/png-wwt-exec.ts'
export { mProjWWTExec, type ProjWwtExecInput, type ProjWwtExecResult } from './wwt/proj-wwt-exec.ts'
