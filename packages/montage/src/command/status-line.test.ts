import { expect, test } from 'vitest'
import { statusField, statusLine } from './status-line.ts'

test('a status line has the grammar of the classic programs', () => {
  const fields = [
    statusField('module', 'mDiff', 's'),
    statusField('time', 1.6, 'time'),
    statusField('min', 8.3276e-9, 'g'),
    statusField('count', 12, 'd'),
    statusField('lon', 229.0907123, 'f6'),
    statusField('rms', Number.NaN, 'g'),
  ]
  expect(statusLine('OK', fields)).toBe(
    '[struct stat="OK", module="mDiff", time=2.0, min=8.3276e-09, count=12, lon=229.090712, rms=nan]\n',
  )
})

test('text stays on one line and quotes cannot end it', () => {
  expect(statusField('msg', 'a "b"\n c', 's').text).toBe(`"a 'b' c"`)
})
