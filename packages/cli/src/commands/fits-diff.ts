import { diffFits, type HduDifference } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson, shortNumber } from '../terminal/output.ts'

/** Flags of `skyloom fits diff`. */
export interface DiffFlags {
  readonly json?: boolean
  readonly atol: number
  readonly rtol: number
  readonly ignore?: readonly string[]
}

/** `skyloom fits diff`: exit 0 when the files are equal, 1 when they differ. */
export async function fitsDiff(a: string, b: string, flags: DiffFlags): Promise<number> {
  await using fileA = await openFitsFile(a)
  await using fileB = await openFitsFile(b)
  const ignoreKeywords = (flags.ignore ?? []).map((keyword) => keyword.toUpperCase())
  const difference = await diffFits(fileA, fileB, { atol: flags.atol, rtol: flags.rtol, ignoreKeywords })
  if (flags.json === true) printJson({ a, b, ...difference })
  else {
    const [countA, countB] = difference.hduCounts
    if (countA !== countB) process.stdout.write(`number of HDUs: ${countA} and ${countB}\n`)
    for (const line of difference.hdus.flatMap(hduLines)) process.stdout.write(`${line}\n`)
    process.stdout.write(difference.isEqual ? 'the files are equal\n' : 'the files differ\n')
  }
  return difference.isEqual ? EXIT.done : EXIT.failed
}

/** Where and how much an HDU differs, a line each. */
export function hduLines({ index, name, structure, cards, pixels, bytes }: HduDifference): readonly string[] {
  const place = `HDU ${index}${name === '' ? '' : ` (${name})`}`
  const lines = [
    ...structure.map((text) => `${place}: ${text}`),
    ...cards.map((card) => `${place}: ${card.keyword}: ${card.a ?? 'missing'} and ${card.b ?? 'missing'}`),
  ]
  if (pixels !== undefined && pixels.different > 0) {
    const { different, compared, blankMismatch, maxAbsolute, maxRelative, rms, first } = pixels
    lines.push(
      `${place}: ${different} of ${compared} pixels differ (${blankMismatch} blank in one), largest difference ${shortNumber(maxAbsolute)}, relative ${shortNumber(maxRelative)}, rms ${shortNumber(rms)}, first at pixel ${(first ?? []).map((at) => at + 1).join(', ')}`,
    )
  }
  if (bytes !== undefined && bytes > 0) lines.push(`${place}: ${bytes} bytes of data differ`)
  return lines
}
