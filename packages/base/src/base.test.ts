import { describe, expect, test } from 'vitest'
import { throwIfAborted } from './abort.ts'
import { memorySink } from './bytes/sink.ts'
import { blobSource, memorySource, readExactly } from './bytes/source.ts'
import { BaseError, isSkyloomError, shorten } from './errors.ts'
import { type ProgressEvent, startStage } from './progress.ts'

describe('errors', () => {
  test('say where, what was found, what is allowed and what to do, then the code', () => {
    const error = new BaseError('BASE_READ_FAILED', 'the value is wrong', {
      where: ['m51.fits', 'HDU 1', 'BITPIX (card 2)'],
      found: '12',
      allowed: '8, 16, 32',
      remedy: 'correct the card',
    })
    expect(error.message).toBe(
      'm51.fits, HDU 1, BITPIX (card 2): the value is wrong: found 12, allowed 8, 16, 32; correct the card [BASE_READ_FAILED]',
    )
    expect(isSkyloomError(error, 'BASE_READ_FAILED')).toBe(true)
    expect(isSkyloomError(error, 'BASE_EXISTS')).toBe(false)
    expect(isSkyloomError(new Error('x'))).toBe(false)
  })

  test('foreign text stays on one line and is capped', () => {
    expect(shorten('a\nb\u001b[2K"c"')).toBe('a\\nb\\u001b[2K"c"')
    expect(shorten('x'.repeat(500)).length).toBe(121)
  })
})

describe('byte sources', () => {
  test.for([
    { name: 'memory', source: memorySource(Uint8Array.of(1, 2, 3, 4)) },
    { name: 'blob', source: blobSource(new Blob([Uint8Array.of(1, 2, 3, 4)])) },
  ])('$name: reads anywhere, short only at the end', async ({ source }) => {
    expect(await readExactly(source, 1, 2)).toEqual(Uint8Array.of(2, 3))
    const target = new Uint8Array(4)
    expect(await source.readInto(target, 3)).toBe(1)
    expect(target[0]).toBe(4)
  })

  test('more bytes than there are is an error before anything is allocated', async () => {
    const source = memorySource(new Uint8Array(10), 'small.bin')
    await expect(readExactly(source, 5, 1e15)).rejects.toMatchObject({ code: 'BASE_SHORT_READ' })
  })
})

test('a memory sink keeps what is written and overwritten', async () => {
  const sink = memorySink()
  await sink.write(new Uint8Array(5000).fill(1))
  await sink.write(Uint8Array.of(2, 3))
  await sink.writeAt(Uint8Array.of(9), 0)
  const bytes = sink.bytes()
  expect([bytes.length, bytes[0], bytes[1], bytes[5001]]).toEqual([5002, 9, 1, 3])
})

test('progress estimates the time left from what was done', () => {
  let nowMs = 0
  const events: ProgressEvent[] = []
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs }
  const stage = startStage((event) => events.push(event), 'project', 4, 'images', clock)
  nowMs = 100
  stage.advance(1, 10)
  nowMs = 200
  stage.advance()
  expect(events.map(({ done, leftMs, bytes }) => [done, leftMs, bytes])).toEqual([
    [0, undefined, undefined],
    [1, 300, 10],
    [2, 200, 10],
  ])
})

test('an aborted signal is an error of ours', () => {
  expect(() => throwIfAborted(undefined)).not.toThrow()
  expect(() => throwIfAborted(AbortSignal.abort())).toThrow(/BASE_ABORTED/)
})
