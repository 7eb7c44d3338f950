import { plateReferenceDeg } from '@skyloom/mosaic'
import { grouped } from './grouped.ts'
import { fitFile, type PlatePair, platePairs } from './plate-pairs.ts'
import { MOSAICS, PLATE_IMAGES, PLATE_LIST, type PlateRun, STATUS_FILES } from './plate-run.ts'
import type { PlateScript, ScriptCall } from './script.ts'
import type { Stage } from './stage.ts'

/** Folders of fits and of plates that were changed. */
export const FITS = 'fits'
export const GAPS = 'gaps'
export const CORRECTED = 'corrected'
export const FLATTENED = 'flattened'
export const BLENDED = 'blended'
const CORRECTIONS = 'corrections.tbl'

/** A script for each plate that is the first of a pair. */
function pairScripts(
  run: PlateRun,
  isAcrossGap: boolean,
  folders: readonly string[],
  callOf: (pair: PlatePair) => ScriptCall,
): readonly PlateScript[] {
  const pairs = platePairs(run).filter((pair) => pair.isAcrossGap === isAcrossGap)
  const byPlate = grouped(pairs, ({ plus }) => plus.name)
  return [...byPlate].map(([name, own]) => ({ name, folders, calls: own.map(callOf) }))
}

/** The stages that make the backgrounds of plates equal. */
export const BACKGROUND_STAGES: readonly Stage[] = [
  {
    module: 'mHPXDiffScripts',
    name: 'diff',
    makes: 'the differences of neighbouring plates',
    description:
      'Each script fits levels to the differences of a plate and the plates beside it, where they overlap by their pads: mDiffFit, with the outcomes in `fits/fit.PLUS.MINUS.txt`.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      pairScripts(run, false, [FITS], (pair) => {
        const [plus, minus] = [`${input}/${pair.plus.name}.fits`, `${input}/${pair.minus.name}.fits`]
        const header = `headers/sky${plateReferenceDeg(pair.plus, run.across)}.hdr`
        const output = `${FITS}/${pair.plus.name}.${pair.minus.name}.fits`
        return {
          module: 'mDiffFit',
          args: ['-n', '-l', '-s', `${FITS}/${fitFile(pair)}`, plus, minus, output, header],
          needs: [plus, minus],
          tellsByFile: true,
        }
      }),
    ],
  },
  {
    module: 'mHPXGapScripts',
    name: 'gap',
    makes: 'the differences of plates across the gaps of the plane',
    description:
      'Each script fits the differences of a plate and those that touch it on the sky but lie apart in the plane: mHPXGapDiff, to `gaps/gap.PLUS.MINUS.txt`. Without plates at the gaps or the seam of the plane there are no scripts.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      pairScripts(run, true, [GAPS], (pair) => {
        const [plus, minus] = [`${input}/${pair.plus.name}.fits`, `${input}/${pair.minus.name}.fits`]
        const names = `${pair.plus.name}.${pair.minus.name}.txt`
        return {
          module: 'mHPXGapDiff',
          args: ['-s', `${GAPS}/status.${names}`, plus, minus, `${GAPS}/gap.${names}`],
          needs: [plus, minus],
          tellsByFile: true,
        }
      }),
    ],
  },
  {
    module: 'mHPXBgScripts',
    name: 'background',
    makes: 'the background model of all plates',
    description:
      'One script collects the fits of mHPXDiffScripts and mHPXGapScripts and finds the level of each plate: mConcatFit, mHPXGapCombine, mBgModel -l -g, mHPXSplitCorrections. Levels only: far from the middle of the plane slopes would be lost in the rounding of the relaxation.',
    flags: [],
    groups: () => [
      [
        {
          name: 'background',
          product: CORRECTIONS,
          folders: [FITS, GAPS, 'corrections'],
          calls: [
            { module: 'mConcatFit', args: [STATUS_FILES, 'fits.tbl', FITS] },
            { module: 'mHPXGapCombine', args: [PLATE_IMAGES, GAPS] },
            { module: 'mBgModel', args: ['-l', '-g', GAPS, PLATE_IMAGES, 'fits.tbl', CORRECTIONS] },
            { module: 'mHPXSplitCorrections', args: [PLATE_IMAGES, CORRECTIONS, 'corrections'] },
          ],
        },
      ],
    ],
  },
  {
    module: 'mHPXBgCorrectScripts',
    name: 'correct',
    makes: 'the corrected image of each plate',
    description:
      'Each script takes the background that mHPXBgScripts has found from a plate, to `corrected/PLATE.fits`: mBackground -t.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      run.plates.map(({ name }) => ({
        name,
        product: `${CORRECTED}/${name}.fits`,
        needs: [`${input}/${name}.fits`],
        folders: [CORRECTED],
        calls: [
          {
            module: 'mBackground',
            args: [
              '-t',
              '-n',
              `${input}/${name}.fits`,
              `${CORRECTED}/${name}.fits`,
              PLATE_IMAGES,
              `corrections/${name}.tbl`,
            ],
          },
        ],
      })),
    ],
  },
  {
    module: 'mHPXFlattenScripts',
    name: 'flatten',
    makes: 'the flattened image of each plate',
    description:
      'Each script takes the plane through its own pixels from a plate, to `flattened/PLATE.fits`: mFlatten. Instead of the stages of the background, for skies without large structure.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      run.plates.map(({ name }) => ({
        name,
        product: `${FLATTENED}/${name}.fits`,
        needs: [`${input}/${name}.fits`],
        folders: [FLATTENED],
        calls: [{ module: 'mFlatten', args: [`${input}/${name}.fits`, `${FLATTENED}/${name}.fits`] }],
      })),
    ],
  },
  {
    module: 'mHPXBlendScripts',
    name: 'blend',
    makes: 'plates that go over into each other',
    description:
      'Each script mixes a plate with its neighbours where they overlap by their pads, to `blended/PLATE.fits`: mHPXBlendEdges.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      run.plates.map(({ name }) => ({
        name,
        product: `${BLENDED}/${name}.fits`,
        needs: [`${input}/${name}.fits`],
        folders: [BLENDED],
        calls: [{ module: 'mHPXBlendEdges', args: [PLATE_LIST, input, name, `${BLENDED}/${name}.fits`] }],
      })),
    ],
  },
]
