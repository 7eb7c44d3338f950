import { cellOfPlane, HPX_PLANE_FACES, type HpxPlate } from '@skyloom/mosaic'

/** The plates that share pixels with one of the thirteen squares that hold sky, by rows; the face on the seam counts twice. */
export function skyPlates(across: number): readonly HpxPlate[] {
  const plates: HpxPlate[] = []
  for (let j = 0; j < across; j++) {
    for (let i = 0; i < across; i++) if (holdsSky(i, j, across)) plates.push({ i, j })
  }
  return plates
}

function holdsSky(i: number, j: number, across: number): boolean {
  const first = (index: number): number => Math.floor((index * HPX_PLANE_FACES) / across)
  const last = (index: number): number => Math.ceil(((index + 1) * HPX_PLANE_FACES) / across) - 1
  const end = HPX_PLANE_FACES - 1
  for (let row = first(j); row <= last(j); row++) {
    for (let col = first(i); col <= last(i); col++) {
      if (cellOfPlane({ order: 0, col, row }) !== undefined || (col === end && row === end)) return true
    }
  }
  return false
}

/** Name of a plate: `plate07_12`. */
export function plateName({ i, j }: HpxPlate, across: number): string {
  const digits = Math.max(2, String(across - 1).length)
  return `plate${String(i).padStart(digits, '0')}_${String(j).padStart(digits, '0')}`
}

/** The table of plates, as mHPXPlateList writes it, with its keywords. */
export function plateTable(
  plates: readonly HpxPlate[],
  across: number,
  keywords: readonly (readonly [name: string, value: string | number])[],
): string {
  const width = plateName({ i: 0, j: 0 }, across).length + 1
  const lines = [
    ...keywords.map(([name, value]) => `\\${name} = ${value}`),
    `|  id  |${'plate'.padStart(width)} |   i  |   j  |`,
    `| int  |${'char'.padStart(width)} |  int |  int |`,
    ...plates.map((plate, id) => {
      const [i, j] = [plate.i, plate.j].map((value) => String(value).padStart(6))
      return ` ${String(id).padStart(6)} ${plateName(plate, across).padStart(width + 1)} ${i} ${j} `
    }),
  ]
  return `${lines.join('\n')}\n`
}
