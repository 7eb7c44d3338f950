/** Checksum of a file. */
export interface Checksum {
  /** Hexadecimal SHA-256. */
  readonly sha256: string
}
