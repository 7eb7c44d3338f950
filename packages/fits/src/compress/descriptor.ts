/** Place of a variable-length array. */
export interface ArrayDescriptor {
  /** Elements. */
  readonly count: number
  /** First byte in the heap. */
  readonly offset: number
}

/**
 * Reads the descriptor of a variable-length array. Source: FITS Standard 4.0, section 7.3.5.
 *
 * The standard has signed numbers; read as unsigned, negative ones become too large for every heap.
 */
export function readDescriptor(view: DataView, at: number, kind: 'P' | 'Q'): ArrayDescriptor {
  if (kind === 'P') return { count: view.getUint32(at), offset: view.getUint32(at + 4) }
  return { count: Number(view.getBigUint64(at)), offset: Number(view.getBigUint64(at + 8)) }
}
