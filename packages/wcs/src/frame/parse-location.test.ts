import { expect, test } from 'vitest'
import { parseSkyLocation } from './parse-location.ts'

const J2000 = { system: 'EQUJ', epochYear: 2000 }
const M42 = [83.82208333333333, -5.391111111111111]

test.for([
  ['83.82208333333333 -5.391111111111111', M42, J2000],
  ['83.82208333333333d, -5.391111111111111d', M42, J2000],
  ['5h35m17.3s -5d23m28s', M42, J2000],
  ['05:35:17.3 -05:23:28', M42, J2000],
  ['5 35 17.3 -5 23 28', M42, J2000],
  ['5 35.0 -0 23.0', [83.75, -0.38333333333333336], J2000],
  ['83:49:19.5 -05:23:28 ec', M42, { system: 'ECLJ', epochYear: 2000 }],
  ['-1 0 eq j2000', [359, 0], J2000],
  ['209.0 -19.4 gal', [209, -19.4], { system: 'GAL' }],
  ['83.2 -5.4 eq B1950', [83.2, -5.4], { system: 'EQUB', epochYear: 1950 }],
  ['83.2 -5.4 b1950', [83.2, -5.4], { system: 'EQUB', epochYear: 1950 }],
  ['83.2 -5.4 eq 1975.5', [83.2, -5.4], { system: 'EQUJ', epochYear: 1975.5 }],
] as const)('%s is read', ([text, [lon, lat], frame]) => {
  const location = parseSkyLocation(text)
  expect(location?.position.lonDeg).toBeCloseTo(lon, 10)
  expect(location?.position.latDeg).toBeCloseTo(lat, 10)
  expect(location?.frame).toEqual(frame)
})

test.for([
  'M 42',
  'M42',
  '47 Tuc',
  '3C 273',
  'NGC 1976',
  '',
  '10',
  '10 95',
  '10 20 30',
  '5:61:0 1:0:0',
  '1 2 xyz',
  '1 2 gal 2000',
])('"%s" is no position', (text) => {
  expect(parseSkyLocation(text)).toBeUndefined()
})
