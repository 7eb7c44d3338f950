// Module `pixels`: the inner loops of the mosaic operations over one imported memory.
export function heapBase(): usize {
  return __heap_base
}
