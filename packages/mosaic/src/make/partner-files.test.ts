import { expect, test } from 'vitest'
import { partnerFiles, partnerPaths } from './partner-files.ts'

const at = (path: string) => ({ path, name: path.replace(/^.*\//, ''), hdu: 0 })

test('partners have names of their own, files that serve several images one, extensions that of the image', () => {
  const images = [
    { ...at('/raw/a.fits'), quality: { weight: at('/weights/a.fits'), mask: at('/mask.fits') } },
    { ...at('/raw/b.fits'), quality: { weight: at('/other/a.fits'), mask: at('/mask.fits') } },
    {
      ...at('/raw/weight-c.fits'),
      quality: { weight: at('/weights/c.fits'), mask: at('/raw/weight-c.fits') },
    },
  ]
  expect([...partnerFiles(images)]).toEqual([
    ['/weights/a.fits', 'weight-a.fits'],
    ['/mask.fits', 'mask-mask.fits'],
    ['/other/a.fits', 'weight-2-a.fits'],
    ['/weights/c.fits', 'weight-3-c.fits'],
    ['/raw/weight-c.fits', 'weight-c.fits'],
  ])
  expect(images.map((image) => partnerPaths(image).length)).toEqual([2, 2, 2])
  expect(partnerPaths({})).toEqual([])
})
