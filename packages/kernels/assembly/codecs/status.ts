// How decoders end; src/codecs/codec-status.ts has the words.
export const OK: i32 = 0
export const TRUNCATED: i32 = 1
export const CORRUPT: i32 = 2
