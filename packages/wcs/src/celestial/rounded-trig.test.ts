import { expect, test } from 'vitest'
import { roundedAcos, roundedAsin, roundedAtan2, roundedCos, roundedSin } from './rounded-trig.ts'

// Nearest float64 of values computed with 200 bits by mpmath 1.2.1, at arguments where the functions of Math of V8 miss the last bit.
test.for([
  [-6.7899896827055315, -0.4853857952867459],
  [-3.784677377489322, 0.5996668400817077],
  [3.899152021473112, -0.6871503369766515],
  [3.246519020000905, -0.10473394048830363],
  [1.0103719206371267, 0.847029596022821],
  [1.9065833020781806, 0.9441512839979044],
  [-0.9674660470188252, -0.8234506241789156],
  [3.141592653589793, 1.2246467991473532e-16],
  [-6.283185307179586, 2.4492935982947064e-16],
] as const)('sine of %d', ([angle, sine]) => {
  expect(roundedSin(angle)).toBe(sine)
})

test.for([
  [-5.682271612790942, 0.8248193598114201],
  [-0.7601227202497691, 0.7247514606711928],
  [6.906510633236511, 0.8119418290182988],
  [-3.418376918510658, -0.9619391542226884],
  [-2.120901397868474, -0.522776801712063],
  [0.7042269848275078, 0.7621122641432757],
  [5.4255836558048784, 0.6542531606563989],
  [1.5707963267948966, 6.123233995736766e-17],
] as const)('cosine of %d', ([angle, cosine]) => {
  expect(roundedCos(angle)).toBe(cosine)
})

test.for([
  [0.15675257453888958, 0.6331083061019753, 0.2427110632098941],
  [-0.6899023032422664, -0.22054697477532192, -1.880207662047159],
  [-0.20225723159915487, 0.6030987758161095, -0.32357646396940176],
  [0.8646285122916701, -0.06240142284314687, 1.6428427788111029],
  [-0.4197583817838897, -0.15464763808630377, -1.923786322827824],
  [0.7421332652618298, -0.5478369686168871, 2.2066974979658016],
  [0.5550190410089628, 0.9465257037352377, 0.5303408989702855],
  [0.9109021985020536, -0.8239524010062298, 2.306117035552123],
  [1e-9, -1, 3.141592652589793],
] as const)('arc tangent of %d / %d', ([y, x, angle]) => {
  expect(roundedAtan2(y, x)).toBe(angle)
})

test.for([
  [-0.6083694160860766, -0.6540044416411118],
  [-0.5610268235013307, -0.5956257075385524],
  [0.5550190410089628, 0.5883858562567176],
  [-0.9177121502662065, -1.1622823439059407],
  [0.5095025821708841, 0.5346066137885507],
  [3e-9, 3e-9],
  [0.9999999999999999, 1.5707963118937354],
] as const)('arc sine of %d', ([sine, angle]) => {
  expect(roundedAsin(sine)).toBe(angle)
})

test.for([
  [0.09703045182550496, 1.473612970796699],
  [0.2764817252326428, 1.2906651386844616],
  [-0.5130682631816701, 2.1095519291412432],
  [-0.4714908878944173, 2.061776938737817],
  [-0.8476728949693018, 2.582379658948765],
  [0.9999999999999999, 1.4901161193847656e-8],
  [-0.9999999999999999, 3.141592638688632],
] as const)('arc cosine of %d', ([cosine, angle]) => {
  expect(roundedAcos(cosine)).toBe(angle)
})

test('stays within a last place or two of Math everywhere', () => {
  let [circle, arc] = [0, 0]
  for (let k = -20_000; k <= 20_000; k++) {
    const angle = k * 3.7e-4
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
    circle = Math.max(circle, Math.abs(roundedSin(angle) - sine), Math.abs(roundedCos(angle) - cosine))
    const value = k / 20_000
    arc = Math.max(
      arc,
      Math.abs(roundedAsin(value) - Math.asin(value)),
      Math.abs(roundedAcos(value) - Math.acos(value)),
      Math.abs(roundedAtan2(sine, cosine / 3) - Math.atan2(sine, cosine / 3)),
    )
  }
  expect(circle).toBeLessThanOrEqual(2 ** -53)
  expect(arc).toBeLessThanOrEqual(2 ** -51)
})

test('special values', () => {
  expect(roundedAtan2(0, 1)).toBe(0)
  expect(roundedAtan2(0, -1)).toBe(Math.PI)
  expect(roundedAtan2(-1, 0)).toBe(-Math.PI / 2)
  expect(roundedAtan2(Number.NaN, 1)).toBeNaN()
  expect(roundedAsin(1)).toBe(Math.PI / 2)
  expect(roundedAsin(1.1)).toBeNaN()
  expect(roundedAcos(-1)).toBe(Math.PI)
  expect(roundedAcos(0)).toBe(Math.PI / 2)
  expect(roundedSin(Number.NaN)).toBeNaN()
  expect(roundedCos(Infinity)).toBeNaN()
})
