import type { WarningList } from './warnings.ts'

/** Bytes as text: UTF-8, or Latin-1 with a warning when they are not valid UTF-8. A byte order mark is dropped. */
export function decodeText(
  input: string | Uint8Array,
  source: string | undefined,
  warnings: WarningList,
): string {
  if (typeof input === 'string') return input.startsWith('\uFEFF') ? input.slice(1) : input
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input)
  } catch {
    // Not UTF-8: old tables hold Latin-1, where every byte is a character.
    warnings.add('TABLE_NOT_UTF8', { source }, 'the text is not UTF-8; read as Latin-1')
    return new TextDecoder('latin1').decode(input)
  }
}
