import { expect, test } from 'vitest'
import { asUrl, isFileUrl, joinUrl, parseFileUrl, urlPath } from './url.ts'

test.each([
  ['/a/b', { scheme: 'file', authority: '', path: '/a/b' }],
  ['file:///a/b', { scheme: 'file', authority: '', path: '/a/b' }],
  ['SCP://me@host:22/a b', { scheme: 'scp', authority: 'me@host:22', path: '/a b' }],
  ['http://host', { scheme: 'http', authority: 'host', path: '' }],
  ['file:/a', { scheme: 'file', authority: '', path: '/a' }],
])('takes %s apart', (text, parts) => {
  expect(parseFileUrl(text)).toEqual(parts)
})

test.each(['a/b', '', './x', '://host/x'])('%j is neither a URL nor an absolute path', (text) => {
  expect(parseFileUrl(text)).toBeUndefined()
})

test('absolute paths count as file URLs', () => {
  expect(asUrl('/a')).toBe('file:///a')
  expect(asUrl('http://h/a')).toBe('http://h/a')
  expect([isFileUrl('/a'), isFileUrl('FILE:///a'), isFileUrl('scp://h/a')]).toEqual([true, true, false])
  expect(urlPath('scp://me@h/a/b')).toBe('/a/b')
})

test('joins parts with single slashes and leaves empty ones out', () => {
  expect(joinUrl('file:///a//', '/b', '', 'c')).toBe('file:///a/b/c')
})
