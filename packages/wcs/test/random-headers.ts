/** Random headers for the comparison with wcslib: every projection and distortion, reproducible from a seed. */

/** Cards of a header. */
export type Cards = Record<string, string | number>

/** Pseudo-random numbers (mulberry32), the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Draws from a source of random numbers. */
export interface Draw {
  readonly unit: () => number
  readonly between: (low: number, high: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(choices: readonly T[]) => T
}

/** Draws from a seed. */
export function drawFrom(seed: number): Draw {
  const unit = randomFrom(seed)
  return {
    unit,
    between: (low, high) => low + (high - low) * unit(),
    chance: (probability) => unit() < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new Error('nothing to pick from')
      // The index is within the list.
      return choices[Math.floor(unit() * choices.length)]!
    },
  }
}

/** Parameters of the latitude axis for a projection, as valid values of its PVi_m. */
function parametersOf(code: string, draw: Draw): readonly (number | undefined)[] {
  const sign = draw.chance(0.5) ? 1 : -1
  switch (code) {
    case 'AZP':
      return [undefined, draw.between(-0.8, 4), draw.between(-60, 60)]
    case 'SZP':
      return [undefined, draw.between(-0.5, 4), draw.between(-180, 180), draw.between(30, 90)]
    case 'SIN':
      return draw.chance(0.5) ? [] : [undefined, draw.between(-1.5, 1.5), draw.between(-1.5, 1.5)]
    case 'ZPN':
      return [0, 1, draw.between(-0.1, 0.1), draw.between(-0.15, 0.05), 0, draw.between(-0.02, 0.02)]
    case 'AIR':
      return [undefined, draw.between(-20, 90)]
    case 'CYP':
      return [undefined, draw.between(0, 3), draw.between(0.2, 2)]
    case 'CEA':
      return [undefined, draw.between(0.1, 1)]
    case 'COP':
    case 'COE':
    case 'COD':
    case 'COO':
      return [undefined, sign * draw.between(10, 70), draw.chance(0.2) ? 0 : draw.between(1, 18)]
    case 'BON':
      return [undefined, sign * draw.between(1, 85)]
    case 'HPX':
      return draw.chance(0.7) ? [] : [undefined, draw.pick([3, 4, 5, 6]), draw.pick([2, 3, 4])]
    default:
      return []
  }
}

/** Adds a CD matrix: turned, mirrored or not, not quite square. */
function addCdMatrix(cards: Cards, scaleDeg: number, draw: Draw): void {
  const angle = draw.between(0, 2 * Math.PI)
  const flip = draw.chance(0.8) ? -1 : 1
  const skew = draw.between(0.8, 1.2)
  cards.CD1_1 = flip * scaleDeg * Math.cos(angle)
  cards.CD1_2 = -flip * scaleDeg * skew * Math.sin(angle)
  cards.CD2_1 = scaleDeg * Math.sin(angle)
  cards.CD2_2 = scaleDeg * skew * Math.cos(angle)
}

/** Adds the matrix in one of its forms. */
function addMatrix(cards: Cards, latAxis: number, scaleDeg: number, draw: Draw): void {
  const angle = draw.between(0, 2 * Math.PI)
  const flip = draw.chance(0.8) ? -1 : 1
  const skew = draw.between(0.8, 1.2)
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  switch (draw.pick(['cd', 'pc', 'crota', 'cdelt'])) {
    case 'cd':
      addCdMatrix(cards, scaleDeg, draw)
      return
    case 'pc':
      cards.PC1_1 = c
      cards.PC1_2 = -s
      cards.PC2_1 = s
      cards.PC2_2 = c
      break
    case 'crota':
      cards[`CROTA${latAxis}`] = (angle * 180) / Math.PI
      break
    default:
  }
  cards.CDELT1 = flip * scaleDeg
  cards.CDELT2 = scaleDeg * skew
}

/** Pixels along each axis of the random images. */
export const IMAGE_SIZE = 2000

/** Rounds all numbers to what a card of 20 characters holds: astropy cuts off the rest when it writes a header. */
export function roundCards(cards: Cards): Cards {
  return Object.fromEntries(
    Object.entries(cards).map(([keyword, value]) => [
      keyword,
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ]),
  )
}

/** A random header of one projection. */
export function randomHeader(
  code: string,
  draw: Draw,
  scaleDeg: number = 10 ** draw.between(-4.5, -0.8),
  isLatFirst: boolean = draw.chance(0.15),
): Cards {
  const [lon, lat] = draw.pick([
    ['RA---', 'DEC--'],
    ['RA---', 'DEC--'],
    ['GLON-', 'GLAT-'],
    ['ELON-', 'ELAT-'],
  ] as const)
  const [lonAxis, latAxis] = isLatFirst ? [2, 1] : [1, 2]
  const cards: Cards = { NAXIS: 2, NAXIS1: IMAGE_SIZE, NAXIS2: IMAGE_SIZE }
  cards[`CTYPE${lonAxis}`] = lon + code
  cards[`CTYPE${latAxis}`] = lat + code
  cards.CRPIX1 = draw.chance(0.8) ? draw.between(-500, IMAGE_SIZE + 500) : draw.between(-1e5, 1e5)
  cards.CRPIX2 = draw.chance(0.8) ? draw.between(-500, IMAGE_SIZE + 500) : draw.between(-1e5, 1e5)
  cards[`CRVAL${lonAxis}`] = draw.chance(0.3) ? draw.between(-0.1, 0.1) : draw.between(-180, 360)
  cards[`CRVAL${latAxis}`] = draw.chance(0.2)
    ? draw.pick([90, -90, 89.99, -89.99, 0])
    : (Math.asin(draw.between(-1, 1)) * 180) / Math.PI
  addMatrix(cards, latAxis, scaleDeg, draw)
  parametersOf(code, draw).forEach((value, m) => {
    if (value !== undefined) cards[`PV${latAxis}_${m}`] = value
  })
  if (draw.chance(0.3)) cards.LONPOLE = draw.between(-180, 180)
  if (draw.chance(0.3)) cards.LATPOLE = draw.between(-90, 90)
  return roundCards(cards)
}

/**
 * A random header of a field about half a degree wide with a distortion added. The matrix is CD: wcslib applies TPV and TNX before
 * CDELT, so that their coefficients would mean something else with PC or CROTA. Longitude stands first, but for SIP: wcslib takes the
 * axes of TPV and TNX the wrong way round when latitude does (its TPV with coefficients of 1 and 0 is then not TAN).
 */
export function distortedHeader(code: string, draw: Draw, add: (cards: Cards, draw: Draw) => void): Cards {
  const scaleDeg = draw.between(0.3, 0.8) / IMAGE_SIZE
  const drawn = randomHeader(code, draw, scaleDeg, code.endsWith('SIP') && draw.chance(0.15))
  const cards = Object.fromEntries(
    Object.entries(drawn).filter(([keyword]) => !/^(CDELT|CROTA|PC\d)/.test(keyword)),
  )
  addCdMatrix(cards, scaleDeg, draw)
  cards.CRPIX1 = draw.between(0, IMAGE_SIZE)
  cards.CRPIX2 = draw.between(0, IMAGE_SIZE)
  add(cards, draw)
  return roundCards(cards)
}

/** Random TPV coefficients of a field about one degree wide. */
export function addTpv(cards: Cards, draw: Draw): void {
  for (const axis of [1, 2]) {
    cards[`PV${axis}_0`] = draw.between(-1e-4, 1e-4)
    cards[`PV${axis}_1`] = draw.between(0.98, 1.02)
    for (let m = 2; m <= 39; m++) if (draw.chance(0.6)) cards[`PV${axis}_${m}`] = draw.between(-5e-4, 5e-4)
  }
}

/** Random SIP coefficients: at most some pixels at the edge of the image. */
export function addSip(cards: Cards, draw: Draw): void {
  const withInverse = draw.chance(0.5)
  for (const name of ['A', 'B']) {
    const order = draw.pick([2, 3, 4, 5, 9])
    cards[`${name}_ORDER`] = order
    for (let i = 0; i <= order; i++) {
      for (let j = 0; i + j <= order; j++) {
        if (i + j < 2 || draw.chance(0.3)) continue
        cards[`${name}_${i}_${j}`] = draw.between(-3, 3) / IMAGE_SIZE ** (i + j)
      }
    }
    if (withInverse) {
      cards[`${name}P_ORDER`] = 2
      cards[`${name}P_1_0`] = draw.between(-1e-4, 1e-4)
      cards[`${name}P_2_0`] = draw.between(-1e-7, 1e-7)
    }
  }
}

/** Random TNX or ZPX corrections in all of gsurfit's bases and kinds of cross terms. */
export function addWat(cards: Cards, kind: 'tnx' | 'zpx', draw: Draw): void {
  const isLatFirst = !/^(RA|.LON)/.test(String(cards.CTYPE1))
  const shape = randomShape(draw)
  for (const axis of [1, 2]) {
    const isLon = (axis === 1) !== isLatFirst
    const projp = kind === 'zpx' ? 'projp1=1. projp3=0.25 ' : ''
    const head = `wtype=${kind} axtype=${isLon ? 'ra' : 'dec'} ${projp}${isLon ? 'lngcor' : 'latcor'} = "`
    // A blank at the end of a card is lost on the way through astropy and stops wcslib's parser: draw again.
    let pieces: string[]
    do pieces = piecesOf(`${head}${randomSurface(shape, draw)} "`)
    while (pieces.some((piece) => piece.endsWith(' ')))
    pieces.forEach((piece, n) => {
      cards[`WAT${axis}_${String(n + 1).padStart(3, '0')}`] = piece
    })
  }
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / 68) }, (_, n) => text.slice(n * 68, (n + 1) * 68))
}

/** Terms of a surface. wcslib mixes up its arrays with half cross terms unless orders are equal and both axes are alike. */
interface SurfaceShape {
  readonly crossTerms: number
  readonly xOrder: number
  readonly yOrder: number
}

function randomShape(draw: Draw): SurfaceShape {
  const crossTerms = draw.pick([0, 1, 2])
  const xOrder = draw.pick([1, 2, 3, 4, 5])
  return { crossTerms, xOrder, yOrder: crossTerms === 2 ? xOrder : draw.pick([1, 2, 3, 4, 5]) }
}

function randomSurface({ crossTerms, xOrder, yOrder }: SurfaceShape, draw: Draw): string {
  const numbers = [draw.pick([1, 2, 3]), xOrder, yOrder, crossTerms, -0.6, 0.7, -0.65, 0.62]
  for (let j = 0; j < yOrder; j++) {
    for (let i = 0; i < xOrder; i++) {
      const isUsed =
        crossTerms === 1 || (crossTerms === 0 ? i === 0 || j === 0 : i + j < Math.max(xOrder, yOrder))
      if (isUsed) numbers.push(Number(draw.between(-2e-3, 2e-3).toPrecision(10)))
    }
  }
  return numbers.join(' ')
}
