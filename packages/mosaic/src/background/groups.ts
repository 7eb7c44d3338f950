/** Groups of images that are linked by overlaps, numbered by their first image. */
export function connectedGroups(
  imageCount: number,
  fits: readonly { readonly plus: number; readonly minus: number }[],
): readonly number[] {
  const parent = Int32Array.from({ length: imageCount }, (_, image) => image)
  const rootOf = (image: number): number => {
    let root = image
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!
      root = parent[root]!
    }
    return root
  }
  for (const { plus, minus } of fits) {
    const a = rootOf(plus)
    const b = rootOf(minus)
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  const numbers = new Map<number, number>()
  return Array.from({ length: imageCount }, (_, image) => {
    const root = rootOf(image)
    const number = numbers.get(root) ?? numbers.size
    numbers.set(root, number)
    return number
  })
}
