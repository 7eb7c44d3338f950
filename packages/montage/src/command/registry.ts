import type { MontageModule } from './module.ts'

/** Each module is loaded only when it is asked for, so that a command starts fast. */
const LOADERS: ReadonlyMap<string, () => Promise<MontageModule>> = new Map([
  ['mGetHdr', async () => (await import('../header/get-hdr.ts')).getHdrModule],
  ['mPutHdr', async () => (await import('../header/put-hdr.ts')).putHdrModule],
  ['mHdrCheck', async () => (await import('../header/hdr-check.ts')).hdrCheckModule],
  ['mTileHdr', async () => (await import('../header/tile-hdr.ts')).tileHdrModule],
  ['mShrinkHdr', async () => (await import('../header/shrink-hdr.ts')).shrinkHdrModule],
  ['mTblSort', async () => (await import('../table/tbl-sort.ts')).tblSortModule],
  ['mPix2Coord', async () => (await import('../header/pix2coord.ts')).pix2CoordModule],
  ['mFitplane', async () => (await import('../background/fitplane.ts')).fitplaneModule],
  ['mBackground', async () => (await import('../background/background.ts')).backgroundModule],
  ['mBgModel', async () => (await import('../background/bg-model.ts')).bgModelModule],
  ['mDiff', async () => (await import('../background/diff.ts')).diffModule],
  ['mAdd', async () => (await import('../add/add.ts')).addModule],
  ['mImgtbl', async () => (await import('../table/imgtbl.ts')).imgtblModule],
  ['mOverlaps', async () => (await import('../background/overlaps.ts')).overlapsModule],
  ['mHdrtbl', async () => (await import('../table/hdrtbl.ts')).hdrtblModule],
  ['mAddMem', async () => (await import('../add/add-mem.ts')).addMemModule],
  ['mTileImage', async () => (await import('../image/tile-image.ts')).tileImageModule],
  ['mShrink', async () => (await import('../image/shrink.ts')).shrinkModule],
  ['mFixNaN', async () => (await import('../image/fix-nan.ts')).fixNaNModule],
  ['mBestImage', async () => (await import('../table/best-image.ts')).bestImageModule],
  ['mMakeHdr', async () => (await import('../header/make-hdr.ts')).makeHdrModule],
  ['mSubimage', async () => (await import('../image/subimage.ts')).subimageModule],
  ['mConvert', async () => (await import('../image/convert.ts')).convertModule],
  ['mTranspose', async () => (await import('../cube/transpose.ts')).transposeModule],
  ['mSubCube', async () => (await import('../cube/sub-cube.ts')).subCubeModule],
  ['mShrinkCube', async () => (await import('../cube/shrink-cube.ts')).shrinkCubeModule],
  ['mDiffExec', async () => (await import('../background/diff-exec.ts')).diffExecModule],
  ['mFitExec', async () => (await import('../background/fit-exec.ts')).fitExecModule],
  ['mDiffFit', async () => (await import('../background/diff-fit.ts')).diffFitModule],
  ['mDiffFitExec', async () => (await import('../background/diff-fit-exec.ts')).diffFitExecModule],
  ['mConcatFit', async () => (await import('../background/concat-fit.ts')).concatFitModule],
  ['mBgExec', async () => (await import('../background/bg-exec.ts')).bgExecModule],
  ['mFlatten', async () => (await import('../background/flatten.ts')).flattenModule],
  ['mFlattenExec', async () => (await import('../background/flatten-exec.ts')).flattenExecModule],
  ['mHdrWWT', async () => (await import('../wwt/hdr-wwt.ts')).hdrWwtModule],
  ['mHdrWWTExec', async () => (await import('../wwt/hdr-wwt-exec.ts')).hdrWwtExecModule],
  ['mHPXHdr', async () => (await import('../healpix/hpx-hdr.ts')).hpxHdrModule],
  ['mHiPSHdr', async () => (await import('../healpix/hips-hdr.ts')).hipsHdrModule],
  ['mHPXOrder', async () => (await import('../healpix/hpx-order.ts')).hpxOrderModule],
  ['mHPXPlateList', async () => (await import('../healpix/plate-list.ts')).plateListModule],
  ['mHPXtile2xy', async () => (await import('../healpix/tile-index.ts')).tile2xyModule],
  ['mHPXTileCoords', async () => (await import('../healpix/tile-index.ts')).tileCoordsModule],
  ['mHPXxy2tile', async () => (await import('../healpix/tile-index.ts')).xy2tileModule],
  ['mHPXCoord2Tile', async () => (await import('../healpix/tile-index.ts')).coord2TileModule],
  ['mHiPSID', async () => (await import('../healpix/tile-index.ts')).hipsIdModule],
  ['mPad', async () => (await import('../image/pad.ts')).padModule],
  ['mMask', async () => (await import('../image/mask.ts')).maskModule],
  ['mRotate', async () => (await import('../image/rotate.ts')).rotateModule],
  ['mFixHdr', async () => (await import('../header/fix-hdr.ts')).fixHdrModule],
  ['mCoord', async () => (await import('../header/coord.ts')).coordModule],
  ['mSubHdr', async () => (await import('../header/sub-hdr.ts')).subHdrModule],
  ['mProject', async () => (await import('../project/project.ts')).projectModule],
  ['mExamine', async () => (await import('../examine/examine.ts')).examineModule],
  ['mProjectPP', async () => (await import('../project/project-pp.ts')).projectPPModule],
  ['mCoverageCheck', async () => (await import('../region/coverage-check.ts')).coverageCheckModule],
  ['mSubset', async () => (await import('../region/subset.ts')).subsetModule],
])

/** Names of all modules, sorted. */
export const MODULE_NAMES: readonly string[] = [...LOADERS.keys()].sort()

/** The module of this name, undefined when there is none. */
export async function loadModule(name: string): Promise<MontageModule | undefined> {
  return await LOADERS.get(name)?.()
}
