import type { Header } from '../header/header.ts'

/** What the keywords of both kinds of tables have in common. */
export interface CommonInfo {
  readonly index: number
  readonly name: string
  readonly unit: string | undefined
  readonly display: string | undefined
  readonly description: string | undefined
}

/** Name, unit and the like of column `index`. Cards of a wrong type count as missing: nothing depends on them. */
export function commonInfo(header: Header, index: number): CommonInfo {
  const text = (keyword: string): string | undefined => {
    const value = header.card(`${keyword}${index}`)?.value
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
  return {
    index,
    name: text('TTYPE') ?? `col${index}`,
    unit: text('TUNIT'),
    display: text('TDISP'),
    description: text('TCOMM'),
  }
}

/** Whether TSCAL and TZERO change anything. */
export function isLinear(tscal: number, tzero: number): boolean {
  return tscal !== 1 || tzero !== 0
}
