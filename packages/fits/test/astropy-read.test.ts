import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { sharedRoot, skipShared } from '../../../testing/shared-data.ts'
import { type CardValue, type Hdu, readCube } from '../src/index.ts'
import { openFitsFile } from '../src/node/index.ts'

/** What astropy says of one HDU. Sampled pixels are physical values (scaled by numpy in float64), null when not finite. */
interface PeerHdu {
  /** Left out of the record. */
  readonly cards?: readonly (readonly [string, string])[]
  readonly shape: readonly number[] | null
  readonly finiteCount: number
  readonly pixels: readonly (number | null)[]
}

/** Answers by file; `test/fixtures/README.md` tells how the recorded ones were made. */
type PeerAnswers = Readonly<Record<string, readonly PeerHdu[]>>

const FOLDERS = ['formats', 'formats/variants', 'surveys', 'wcs']
const FILES = skipShared
  ? []
  : FOLDERS.flatMap((folder) =>
      readdirSync(`${sharedRoot}/data/${folder}`).map((name) => `${folder}/${name}`),
    ).filter((name) => /\.fits(?:\.gz|\.fz)?$/.test(name))

/** Pixels that are compared one by one in each image: with the living peer, and in the record. */
const LIVE_COUNT = 997
const RECORD_COUNT = 24
const RECORD = new URL('./fixtures/astropy-values.json', import.meta.url)

const SCRIPT = `
import numpy as np
from astropy.io import fits

def text(value):
    if isinstance(value, fits.card.Undefined): return 'undefined'
    if isinstance(value, (bool, np.bool_)): return 'T' if value else 'F'
    if isinstance(value, (int, np.integer)): return 'integer %d' % value
    if isinstance(value, float): return 'float ' + value.hex()
    return 'string ' + str(value).rstrip()

def cards(header):
    found = []
    for card in header.cards:
        if card.keyword in ('COMMENT', 'HISTORY', '') or 'Record-valued' in repr(type(card)) or card.field_specifier: continue
        try: found.append([card.keyword, text(card.value)])
        except Exception: found.append([card.keyword, 'invalid'])
    return found

def image(hdu):
    none = dict(shape=None, finiteCount=0, pixels=[])
    if not isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)) or isinstance(hdu, fits.GroupsHDU): return none
    stored = hdu.data
    if stored is None or stored.size == 0: return none
    values = stored.ravel().astype('f8')
    if stored.dtype.kind != 'f' and 'BLANK' in hdu.header: values[stored.ravel() == hdu.header['BLANK']] = np.nan
    bscale, bzero = hdu.header.get('BSCALE', 1), hdu.header.get('BZERO', 0)
    if bscale != 1 or bzero != 0: values = bzero + bscale * values
    finite = np.isfinite(values)
    step = max(1, values.size // given['count'])
    pixels = [v if np.isfinite(v) else None for v in values[::step].tolist()]
    return dict(shape=list(stored.shape), finiteCount=int(finite.sum()), pixels=pixels)

answer = {}
for name in given['files']:
    path = given['folder'] + '/' + name
    with fits.open(path, disable_image_compression=True) as plain: heads = [cards(hdu.header) for hdu in plain]
    with fits.open(path, do_not_scale_image_data=True) as file: images = [image(hdu) for hdu in file]
    answer[name] = [dict(cards=head, **rest) for head, rest in zip(heads, images)]
`

/** The value of a card in the words of the script. */
function valueText(value: CardValue, isFloat: boolean): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'string') return `string ${value}`
  if (typeof value === 'object') return 'complex'
  return isFloat ? `float ${Number(value)}` : `integer ${value}`
}

/** Cards of an HDU without remarks and record-valued cards, doubles as decimal numbers. */
function ownCards(hdu: Hdu): string[] {
  return hdu.header
    .cards()
    .filter(
      (card) =>
        card.type !== 'commentary' &&
        !/^[A-Z][\w.]*: [-+.\d]/i.test(typeof card.value === 'string' ? card.value : ''),
    )
    .map(
      (card) =>
        `${card.keyword} ${card.type === 'invalid' ? 'invalid' : valueText(card.value, card.type === 'float')}`,
    )
}

function peerCards(cards: readonly (readonly [string, string])[]): string[] {
  return cards.map(
    ([keyword, text]) => `${keyword} ${text.startsWith('float ') ? `float ${fromHex(text.slice(6))}` : text}`,
  )
}

/** Python's hexadecimal floats, exact. */
function fromHex(text: string): number {
  const match = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text)
  if (match === null) return NaN
  const [, sign = '', lead = '', digits = '', exponent = ''] = match
  const mantissa = Number.parseInt(lead + digits, 16) / 16 ** digits.length
  return (sign === '-' ? -1 : 1) * mantissa * 2 ** Number(exponent)
}

async function comparePixels(hdu: Hdu, peer: PeerHdu, count: number): Promise<void> {
  if (hdu.type !== 'image' && hdu.type !== 'compressed-image') {
    expect(peer.shape).toBeNull()
    return
  }
  const { data, shape } = await readCube(hdu, { as: 'float64' })
  expect(shape).toEqual(peer.shape)
  expect(data.filter((value) => Number.isFinite(value))).toHaveLength(peer.finiteCount)
  const step = Math.max(1, Math.floor(data.length / count))
  const found = peer.pixels.map((_, index) => data[index * step] ?? NaN)
  expect(found.map((value) => (Number.isFinite(value) ? value : null))).toEqual(peer.pixels)
}

async function compareFile(name: string, peers: readonly PeerHdu[], count: number): Promise<void> {
  await using file = await openFitsFile(`${sharedRoot}/data/${name}`)
  const hdus = await file.allHdus()
  expect(hdus).toHaveLength(peers.length)
  for (const [index, peer] of peers.entries()) {
    const hdu = hdus[index]
    if (hdu === undefined) continue
    if (peer.cards !== undefined) expect(ownCards(hdu)).toEqual(peerCards(peer.cards))
    await comparePixels(hdu, peer, count)
  }
}

function askAstropy(count: number): PeerAnswers {
  return askPython(SCRIPT, { folder: `${sharedRoot}/data`, files: FILES, count }) as PeerAnswers
}

describe.skipIf(skipShared || lacksPython('astropy', 'numpy'))('real files are what astropy reads', () => {
  let answers: PeerAnswers = {}
  beforeAll(() => {
    answers = askAstropy(LIVE_COUNT)
    if (process.env.SKYLOOM_RECORD !== 'true') return
    const recorded = Object.entries(askAstropy(RECORD_COUNT)).map(([name, hdus]) => {
      return [name, hdus.map(({ shape, finiteCount, pixels }) => ({ shape, finiteCount, pixels }))]
    })
    const lines = recorded.map((entry) => `${JSON.stringify(entry[0])}: ${JSON.stringify(entry[1])}`)
    writeFileSync(RECORD, `{\n${lines.join(',\n')}\n}\n`)
  })

  test.for(FILES)('%s', async (name) => {
    await compareFile(name, answers[name] ?? [], LIVE_COUNT)
  })
})

describe.skipIf(skipShared)('real files are what astropy read once', () => {
  const answers = JSON.parse(readFileSync(RECORD, 'utf8')) as PeerAnswers

  test.for(FILES)('%s', async (name) => {
    await compareFile(name, answers[name] ?? [], RECORD_COUNT)
  })
})
