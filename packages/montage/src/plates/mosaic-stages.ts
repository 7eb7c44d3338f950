import { headerOf, INPUT_IMAGES, MOSAICS, type PlateRun, type RunPlate } from './plate-run.ts'
import type { PlateScript, ScriptCall } from './script.ts'
import type { Stage, StageOptions } from './stage.ts'

function projectScript(run: PlateRun, plate: RunPlate, options: StageOptions): PlateScript {
  const folder = `plates/${plate.name}`
  const header = headerOf(run, run.order, plate)
  const exact = options.isExact === true ? ['-e'] : []
  const [images, projected, table] = [
    `${folder}/images.tbl`,
    `${folder}/projected`,
    `${folder}/projected.tbl`,
  ]
  return {
    name: plate.name,
    product: table,
    folders: [projected],
    calls: [
      { module: 'mCoverageCheck', args: [INPUT_IMAGES, images, '-header', header] },
      {
        module: 'mProjExec',
        args: [...exact, '-p', run.imageFolder, images, header, projected, `${folder}/stats.tbl`],
      },
      { module: 'mImgtbl', args: [projected, table] },
    ],
  }
}

/** The background of the images of a plate, made equal. */
function matchCalls(run: PlateRun, plate: RunPlate): readonly ScriptCall[] {
  const folder = `plates/${plate.name}`
  const projected = `${folder}/projected`
  const [table, diffs, fits] = [`${folder}/projected.tbl`, `${folder}/diffs.tbl`, `${folder}/fits.tbl`]
  const corrections = `${folder}/corrections.tbl`
  const header = headerOf(run, run.order, plate)
  const calls: readonly ScriptCall[] = [
    { module: 'mOverlaps', args: [table, diffs] },
    { module: 'mDiffFitExec', args: ['-p', projected, diffs, header, `${folder}/diffs`, fits] },
    { module: 'mBgModel', args: ['-D', table, fits, corrections] },
    { module: 'mBgExec', args: ['-p', projected, table, corrections, `${folder}/corrected`] },
  ]
  return calls.map((call) => ({ ...call, needsFilesIn: projected }))
}

function addCall(run: PlateRun, plate: RunPlate, from: 'projected' | 'corrected'): ScriptCall {
  const folder = `plates/${plate.name}`
  const output = `${MOSAICS}/${plate.name}.fits`
  const header = headerOf(run, run.order, plate)
  return {
    module: 'mAdd',
    args: ['-e', '-p', `${folder}/${from}`, `${folder}/projected.tbl`, header, output],
    needsFilesIn: `${folder}/${from}`,
  }
}

/** The stages that make the mosaics of the plates from images. */
export const MOSAIC_STAGES: readonly Stage[] = [
  {
    module: 'mHPXMosaicScripts',
    name: 'mosaic',
    makes: 'the mosaic of each plate',
    description:
      'Each script chooses the images that touch a plate, reprojects them onto its header and adds them to `mosaics/PLATE.fits`: mCoverageCheck, mProjExec, mImgtbl, mAdd. With `-b` the backgrounds of the images of a plate are matched before: mOverlaps, mDiffFitExec, mBgModel -D, mBgExec.',
    flags: ['b', 'e'],
    groups: (run, options) => [
      run.plates.map((plate) => {
        const { calls, ...script } = projectScript(run, plate, options)
        const matches = options.matchesImages === true
        const folder = `plates/${plate.name}`
        return {
          ...script,
          product: `${MOSAICS}/${plate.name}.fits`,
          folders: [
            MOSAICS,
            ...(script.folders ?? []),
            ...(matches ? [`${folder}/diffs`, `${folder}/corrected`] : []),
          ],
          calls: [
            ...calls,
            ...(matches ? matchCalls(run, plate) : []),
            addCall(run, plate, matches ? 'corrected' : 'projected'),
          ],
        }
      }),
    ],
  },
  {
    module: 'mHPXProjectScripts',
    name: 'project',
    makes: 'the reprojected images of each plate',
    description:
      'Each script chooses the images that touch a plate and reprojects them onto its header, to `plates/PLATE/projected`: mCoverageCheck, mProjExec, mImgtbl. mHPXCoaddScripts goes on; both together do what mHPXMosaicScripts does in one script.',
    flags: ['e'],
    groups: (run, options) => [run.plates.map((plate) => projectScript(run, plate, options))],
  },
  {
    module: 'mHPXCoaddScripts',
    name: 'coadd',
    makes: 'the mosaic of each plate from its reprojected images',
    description:
      'Each script adds the reprojected images of a plate to `mosaics/PLATE.fits`: mAdd. They come behind those of mHPXProjectScripts.',
    flags: [],
    groups: (run) => [
      run.plates.map((plate) => ({
        name: plate.name,
        product: `${MOSAICS}/${plate.name}.fits`,
        needs: [`plates/${plate.name}/projected.tbl`],
        folders: [MOSAICS],
        calls: [addCall(run, plate, 'projected')],
      })),
    ],
  },
]
