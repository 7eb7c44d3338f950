import { escapeMarkup } from '../../escape-markup.ts'
import type { SkyView } from '../sky/sky-view.ts'

/** Facts of a picture for its metadata. */
export interface AvmFacts {
  readonly view: SkyView
  /** Name of the program that made the picture. */
  readonly creator: string
  /** File names of the images shown. */
  readonly sources: readonly string[]
}

/**
 * Astronomy Visualization Metadata of a picture as an XMP packet, so that viewers can place it on the sky.
 *
 * Undefined for frames and projections that AVM cannot describe: it knows ICRS, FK5, FK4, galactic, supergalactic and ecliptic
 * coordinates and positions by reference pixel, scale and rotation.
 *
 * Source: AVM standard 1.2 (Hurt et al. 2011), spatial tags.
 */
export function avmPacket({ view, creator, sources }: AvmFacts): string | undefined {
  const { wcs } = view
  const frame = AVM_FRAMES.get(wcs.frame.system)
  if (frame === undefined || wcs.planeDistortion !== undefined || wcs.sip !== undefined) return undefined
  const [a, b, c, d] = wcs.cd
  // Reference pixel and scales of the picture as it is stored: bottom row first, columns from the left.
  const signX = view.isFlippedX ? -1 : 1
  const signY = view.isFlippedY ? 1 : -1
  const refX = view.isFlippedX ? view.width + 1 - wcs.crpix[0] : wcs.crpix[0]
  const refY = view.isFlippedY ? wcs.crpix[1] : view.height + 1 - wcs.crpix[1]
  const [cd11, cd12, cd21, cd22] = [signX * a, signY * b, signX * c, signY * d]
  const handed = cd11 * cd22 - cd12 * cd21 < 0 ? -1 : 1
  const scaleX = handed * Math.hypot(cd11, cd21)
  const scaleY = Math.hypot(cd12, cd22)
  const rotation = (Math.atan2(handed * cd12, cd22) * 180) / Math.PI
  const hasEquinox = ['fk5', 'fk4', 'fk4-no-e', 'ecliptic', 'ecliptic-b'].includes(wcs.frame.system)
  const fields: readonly (readonly [string, string | readonly string[]])[] = [
    ['Spatial.CoordinateFrame', frame],
    ...(hasEquinox ? [['Spatial.Equinox', String(wcs.frame.equinoxYear ?? 2000)] as const] : []),
    ['Spatial.CoordsystemProjection', wcs.projection],
    ['Spatial.ReferenceValue', wcs.crval.map(String)],
    ['Spatial.ReferenceDimension', [String(view.width), String(view.height)]],
    ['Spatial.ReferencePixel', [String(refX), String(refY)]],
    ['Spatial.Scale', [String(scaleX), String(scaleY)]],
    ['Spatial.Rotation', String(rotation)],
    ['Spatial.Quality', 'Full'],
    ['MetadataVersion', '1.2'],
  ]
  return packet(fields, creator, sources)
}

const AVM_FRAMES: ReadonlyMap<string, string> = new Map([
  ['icrs', 'ICRS'],
  ['fk5', 'FK5'],
  ['fk4', 'FK4'],
  ['galactic', 'GAL'],
  ['supergalactic', 'SGAL'],
  ['ecliptic', 'ECL'],
])

function packet(
  fields: readonly (readonly [string, string | readonly string[]])[],
  creator: string,
  sources: readonly string[],
): string {
  const lines = fields.map(([name, value]) =>
    typeof value === 'string'
      ? `<avm:${name}>${escapeMarkup(value)}</avm:${name}>`
      : `<avm:${name}><rdf:Seq>${value.map((one) => `<rdf:li>${escapeMarkup(one)}</rdf:li>`).join('')}</rdf:Seq></avm:${name}>`,
  )
  const source = `<dc:source>${escapeMarkup(sources.join(', '))}</dc:source>`
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:avm="http://www.communicatingastronomy.org/avm/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>${escapeMarkup(creator)}</xmp:CreatorTool>
${source}
${lines.join('\n')}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`
}
