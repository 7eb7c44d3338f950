/** Seconds of a steady clock. */
export function systemSeconds(): number {
  return performance.now() / 1000
}

/** Seconds since an earlier reading of {@link systemSeconds}. */
export function secondsSince(start: number): number {
  return systemSeconds() - start
}
