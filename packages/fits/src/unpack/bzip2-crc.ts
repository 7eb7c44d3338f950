/** Polynomial of CRC-32, most significant bit first. */
const POLYNOMIAL = 0x04c11db7

let table: Uint32Array | undefined

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let crc = index << 24
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0)
    return crc >>> 0
  })
}

/** The checksum that bzip2 keeps of each block. */
export function crcOf(bytes: Uint8Array): number {
  table ??= crcTable()
  let crc = 0xffffffff
  for (let index = 0; index < bytes.length; index++) {
    crc = (crc << 8) ^ table[((crc >>> 24) ^ bytes[index]!) & 0xff]!
  }
  return ~crc >>> 0
}
