import { fileSource } from '@skyloom/base/node'
import { CARD_CHARS } from '@skyloom/fits'
import { pathOf, writeText } from '../command/files.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** Input of {@link mFixHdr}. */
export interface FixHdrInput {
  /** FITS file or raw header: cards of 80 characters without line ends. */
  readonly file: string
  /** Header file that is written. */
  readonly header: string
}

/** {@link mFixHdr} reports nothing but success. */
export type FixHdrResult = Readonly<Record<string, never>>

/** Bytes read at a time. */
const READ_BYTES = 2880 * 16
/** A header without END after so many cards is none. */
const MAX_CARDS = 1_000_000

/**
 * Splits a raw header of 80-byte cards into lines, up to END.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER` for a header that ends before its END, `MONTAGE_CANNOT_WRITE`
 */
export async function mFixHdr(input: FixHdrInput, place: Place = {}): Promise<FixHdrResult> {
  const cards = await readCards(input.file, place)
  const lines = cards.map((card) => card.trimEnd())
  const problem = `File [${input.header}] cannot be opened for writing.`
  await writeText(place, input.header, `${lines.join('\n')}\n`, problem)
  return {}
}

async function readCards(path: string, place: Place): Promise<readonly string[]> {
  const source = await fileSource(pathOf(place, path), { blocking: true }).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_NO_FILE', `File [${path}] cannot be read.`, { where: [path], cause })
  })
  try {
    const cards: string[] = []
    const buffer = Buffer.alloc(READ_BYTES)
    for (let offset = 0; ; offset += READ_BYTES) {
      const count = await source.readInto(buffer, offset)
      const text = buffer.toString('latin1', 0, count)
      for (let at = 0; at < text.length; at += CARD_CHARS) {
        const card = text.slice(at, at + CARD_CHARS)
        const isEnd = /^END\s*$/.test(card)
        if (!isEnd && (card.length < CARD_CHARS || card.includes('\n') || cards.length > MAX_CARDS))
          throw incomplete(path, cards.length + 1)
        cards.push(card)
        if (isEnd) return cards
      }
      if (count < READ_BYTES) throw incomplete(path, cards.length + 1)
    }
  } finally {
    await source.close()
  }
}

function incomplete(path: string, card: number): MontageError {
  const problem = `Incomplete header line in [${path}] (all must be 80 characters.`
  return new MontageError('MONTAGE_BAD_HEADER', problem, {
    where: [path, `card ${card}`],
    allowed: 'cards of 80 characters without line ends, the last one END',
  })
}

/** The module mFixHdr. */
export const fixHdrModule: MontageModule = defineModule<FixHdrInput, FixHdrResult>({
  name: 'mFixHdr',
  summary: 'Splits a raw header into lines.',
  usage: '%s infile outfile',
  style: 'leading',
  options: [],
  operands: [2, 2],
  isNamed: false,
  hasNoCommaInErrors: true,
  fields: [],
  manual: {
    description:
      'Splits a header of 80-character cards without line ends, as it stands in a FITS file, into lines up to END.',
    options: [],
    operands: [
      ['infile', 'FITS file or raw header.'],
      ['outfile', 'Header file that is written.'],
    ],
    example: ['mFixHdr image.fits image.hdr'],
  },
  read: (call) => ({ file: operand(call, 0), header: operand(call, 1) }),
  run: mFixHdr,
})
