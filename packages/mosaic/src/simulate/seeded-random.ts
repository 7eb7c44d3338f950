/**
 * A source of uniform random numbers in [0, 1) that gives the same numbers for the same seed on every machine.
 *
 * @param seed a whole number; its low 32 bits count
 *
 * Source: xoshiro128** of D. Blackman and S. Vigna (2018), seeded by SplitMix-like 32-bit mixing; 52 bits of two draws a number.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  const mix = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let [a, b, c, d] = [mix(), mix(), mix(), mix()]
  const next = (): number => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
  return () => ((next() >>> 6) * 2 ** 26 + (next() >>> 6)) / 2 ** 52
}
