import { BaseError, isSkyloomError } from '@skyloom/base'
import { expect, test } from 'vitest'
import { errorFromData, errorToData } from './error-transfer.ts'

function throughClone(thrown: unknown): Error {
  return errorFromData(structuredClone(errorToData(thrown)))
}

test('a Skyloom error keeps code, facts, text, name and stack', () => {
  const error = new BaseError('BASE_SHORT_READ', 'the file ended early', {
    where: ['m51.fits', 'HDU 1'],
    found: '10 bytes',
    allowed: '2880 bytes',
    remedy: 'fetch it again',
    cause: new TypeError('inner'),
  })
  const copy = throughClone(error)
  expect(isSkyloomError(copy, 'BASE_SHORT_READ')).toBe(true)
  expect(copy).toMatchObject({
    name: 'BaseError',
    problem: 'the file ended early',
    where: ['m51.fits', 'HDU 1'],
    found: '10 bytes',
    allowed: '2880 bytes',
    remedy: 'fetch it again',
    cause: { name: 'TypeError', message: 'inner' },
  })
  expect(copy.message).toBe(error.message)
  expect(copy.stack).toBe(error.stack)
})

test('facts that are not there stay undefined', () => {
  const copy = throughClone(new BaseError('BASE_EXISTS', 'it exists'))
  expect(copy).toMatchObject({ where: [], found: undefined, allowed: undefined, remedy: undefined })
})

test('a circular chain of causes ends', () => {
  const error = new Error('round')
  error.cause = error
  expect(throughClone(error).message).toBe('round')
})

test('fields that cannot be cloned are left out', () => {
  const error = Object.assign(new Error('odd'), { code: 'X', callback: () => 1, list: ['a'] })
  expect(throughClone(error)).toMatchObject({ code: 'X', list: ['a'] })
  expect(throughClone(error)).not.toHaveProperty('callback')
})

test.for([undefined, null, 42, 'text'])('thrown %s becomes an error with that text', (thrown) => {
  expect(throughClone(thrown).message).toBe(String(thrown))
})
