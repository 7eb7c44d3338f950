import { MosaicError } from '../errors.ts'

/** The error for an option with a value that cannot be used. */
export function badOption(name: string, found: string, allowed: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_OPTION', 'the option has a value that cannot be used', {
    where: [`--${name}`],
    found,
    allowed,
  })
}

/** @throws MosaicError `MOSAIC_BAD_OPTION` when the word is not one of those allowed */
export function checkWord(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw badOption(name, value, allowed.join(', '))
}
