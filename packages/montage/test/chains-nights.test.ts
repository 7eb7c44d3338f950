import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { ourCommands, runScript } from './chain-scripts.ts'

test.skipIf(skipShared).each(['tutorial.sh', 'workflow.sh'])(
  '%s finds the planes of the recorded reference for nights of different sky',
  { timeout: 240_000 },
  (script) => {
    const [bin, work] = [ourCommands(), freshFolder()]
    runScript(script, [sharedPath('data/mosaic-m42-j-nights-9/raw'), work], [bin])
    const reference = sharedPath('data/mosaic-m42-j-nights-9/reference')
    const ours = planesByName(join(work, 'projected.tbl'), join(work, 'corrections.tbl'))
    const theirs = planesByName(join(reference, 'pimages.tbl'), join(reference, 'corrections.tbl'))
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort())
    expect(theirs.size).toBe(9)
    for (const [name, plane] of theirs) {
      const own = ours.get(name) ?? []
      plane.forEach((value, k) => {
        // Ten units of the last of six printed digits: fits go through a table of six digits before the model adds them up.
        const size = Math.max(Math.abs(value), k === 2 ? 1 : 1e-3)
        expect(Math.abs((own[k] ?? Number.NaN) - value), `${name} ${'abc'.charAt(k)}`).toBeLessThan(
          1e-4 * size,
        )
      })
    }
  },
)

/** Planes a, b, c of the images of a chain by the dates and numbers in their names. */
function planesByName(images: string, corrections: string): ReadonlyMap<string, readonly number[]> {
  const names = new Map(
    rowsOf(images).map((row) => [row[0], row.at(-1)?.replaceAll(/^hdu0_|\.fits.*$/g, '') ?? '']),
  )
  return new Map(rowsOf(corrections).map(([id, ...plane]) => [names.get(id) ?? '', plane.map(Number)]))
}

function rowsOf(path: string): readonly (readonly string[])[] {
  return readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => /^ +\d/.test(line))
    .map((line) => line.trim().split(/\s+/))
}
