import { expect, test } from 'vitest'
import { classicPlaneAngleRad, classicPlaneDirectionRad } from './classic-angle.ts'

/**
 * Reference points of image and template, degrees, and the angle between them that mProjectPP of Montage 6.0 used, radian: derived from
 * the areas that it wrote for an image of 2 x 2 pixels of 3.6 arcsec, which fix it to 1e-4 of a last place of its cosine.
 */
const measured = [
  [[150.0, 20.0], [150.004, 20.00025], 6.574781555628137e-5],
  [[9.1605, 6.626], [9.16582, 6.62457], 9.554869037439982e-5],
  [[192.9175, -21.4898], [192.91182, -21.48968], 9.226694691344437e-5],
  [[13.4984, -10.6167], [13.49319, -10.6216], 0.00012369978792274916],
  [[65.0615, 13.056], [65.06321, 13.05449], 3.9240784208259233e-5],
  [[87.8747, 11.9078], [87.87505, 11.9123], 7.876692918766211e-5],
  [[208.7623, -7.0071], [208.76638, -7.00181], 0.00011627476152428347],
  [[212.0845, -37.9605], [212.07691, -37.96151], 0.00010592080379837522],
  [[141.2564, -16.1634], [141.25145, -16.16178], 8.766398978856792e-5],
  [[52.6228, 52.2417], [52.63216, 52.24356], 0.00010516599426756537],
  [[90.6605, -33.1253], [90.65681, -33.1243], 5.668966164331544e-5],
] as const
/** One last place of a cosine below 1. */
const LAST_PLACE = 2 ** -53

test.for(measured)(
  'gives the angle of Montage to the last bit of its cosine: %j',
  ([image, template, angleRad]) => {
    const found = classicPlaneAngleRad(
      { lonDeg: image[0], latDeg: image[1] },
      { lonDeg: template[0], latDeg: template[1] },
    )
    expect((Math.abs(found - angleRad) * angleRad) / LAST_PLACE).toBeLessThan(0.05)
  },
)

/** Directions from image to template and from template to image that Montage used, found in the same way with images of 16 x 16 pixels. */
const directions = [
  [[150.0, 20.0], [150.004, 20.00025], 0.06642528597082108, -3.075191245270287],
  [[150.0, 20.0], [150.004, 20.002], 0.4890025389548511, -2.6526139932878494],
  [[192.9175, -21.4898], [192.91182, -21.48968], 3.118909561966355, -0.022719408094888736],
  [[351.4518, -72.5468], [351.46618, -72.5493], -0.5254718429060502, 2.6163602361941405],
  [[197.188, -69.9538], [197.17259, -69.95729], -2.5575612724191656, 0.5837787173667079],
  [[315.172, -29.8004], [315.17471, -29.79927], 0.44792591952608446, -2.69364322810435],
] as const
/** Precision of the directions that were found: areas are good to 2e-13 of a pixel. */
const DIRECTION_RAD = 4e-14

test.for(directions)('gives the directions of Montage: %j', ([image, template, fromRad, toRad]) => {
  const a = { lonDeg: image[0], latDeg: image[1] }
  const b = { lonDeg: template[0], latDeg: template[1] }
  expect(Math.abs(classicPlaneDirectionRad(a, b) - fromRad)).toBeLessThan(DIRECTION_RAD)
  expect(Math.abs(classicPlaneDirectionRad(b, a) - toRad)).toBeLessThan(DIRECTION_RAD)
})

test('is exact along the equator', () => {
  expect(classicPlaneDirectionRad({ lonDeg: 10, latDeg: 0 }, { lonDeg: 11, latDeg: 0 })).toBeCloseTo(0, 15)
})
