import { type MontageFrame, montageFrameConverter, parseSkyLocation, type SkyPosition } from '@skyloom/wcs'
import { kindOfAnswer } from '../../archive/check-answer.ts'
import { findKnownObject } from '../../archive/find-known-object.ts'
import { readSesameAnswer } from '../../archive/sesame-answer.ts'
import type { SurveyRegistry } from '../../archive/survey-registry.ts'
import { MosaicError } from '../../errors.ts'
import { type HttpOptions, httpText } from './http-get.ts'

/** Longer answers of a resolver are refused. */
const MAX_ANSWER_BYTES = 2 ** 20

const J2000: MontageFrame = { system: 'EQUJ', epochYear: 2000 }

/**
 * J2000 position of an object or of a position as people write it: coordinates first, then the bundled well-known objects, then the
 * resolver of the registry, if it has one.
 *
 * @throws MosaicError `MOSAIC_UNKNOWN_OBJECT`, and those of a resolver that cannot be asked
 */
export async function resolveLocation(
  text: string,
  registry: Pick<SurveyRegistry, 'resolver' | 'timeoutSeconds' | 'retries'>,
  options: HttpOptions = {},
): Promise<SkyPosition> {
  const given = parseSkyLocation(text)
  if (given !== undefined) {
    const { lonDeg, latDeg } = given.position
    return montageFrameConverter(given.frame, J2000).convert(lonDeg, latDeg)
  }
  const known = findKnownObject(text)
  if (known !== undefined) return known.position
  if (registry.resolver === undefined) {
    throw new MosaicError('MOSAIC_UNKNOWN_OBJECT', 'the object is not among the bundled ones', {
      found: text,
      allowed: 'Messier objects, well-known NGC and IC objects, or a position: 83.82 -5.39 eq J2000',
      remedy: 'give its position, or configure a resolver in the survey registry',
    })
  }
  const url = `${registry.resolver}${encodeURIComponent(text.trim())}`
  const { timeoutSeconds, retries } = registry
  const answer = await httpText(url, MAX_ANSWER_BYTES, { timeoutSeconds, retries, ...options })
  if (kindOfAnswer(new TextEncoder().encode(answer.slice(0, 2000))) === 'html')
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the resolver answers with a web page', { where: [url] })
  const position = readSesameAnswer(answer)
  if (position !== undefined) return position
  throw new MosaicError('MOSAIC_UNKNOWN_OBJECT', 'the resolver does not know the object', {
    where: [url],
    found: text,
  })
}
