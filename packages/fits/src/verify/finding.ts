import type { FitsLocation } from '../errors.ts'

/** How grave a finding is: against a rule of the standard, or only odd. */
export type Severity = 'error' | 'warning'

/**
 * Every kind of finding of `verifyFits`: its gravity, the section of the FITS Standard 4.0, and whether `repairFits` can mend it.
 * Some kinds can be mended only in some cases; each finding says so for itself.
 */
export const FINDINGS = {
  FILE_LENGTH: { severity: 'error', section: '3.1', meaning: 'the file is no whole number of blocks' },
  TRAILING_BYTES: {
    severity: 'warning',
    section: '3.5',
    meaning: 'bytes without meaning follow the last HDU',
  },
  NOT_CONFORMING: { severity: 'warning', section: '4.4.1.1', meaning: 'SIMPLE is F' },
  HEADER_UNREADABLE: {
    severity: 'error',
    section: '4.4.1',
    meaning: 'a header cannot be read; nothing behind it was looked at',
  },
  END_MISPLACED: { severity: 'error', section: '4.1', meaning: 'END is not at the place of a card' },
  END_NOT_BLANK: { severity: 'error', section: '4.4.1', meaning: 'text follows END in its card' },
  HEADER_FILL: {
    severity: 'error',
    section: '3.3.1',
    meaning: 'the header is filled up with something else than blanks',
  },
  BAD_CHARACTER: {
    severity: 'error',
    section: '4.1.1',
    meaning: 'a card holds a character that is not printable ASCII',
  },
  BAD_KEYWORD: { severity: 'error', section: '4.1.2.1', meaning: 'a name is no keyword' },
  BAD_VALUE: { severity: 'error', section: '4.2', meaning: 'a value cannot be read' },
  VALUE_FORM: {
    severity: 'error',
    section: '4.2',
    meaning: 'a value is readable but not in the form of the standard',
  },
  ORPHAN_CONTINUE: { severity: 'warning', section: '4.2.1.2', meaning: 'a CONTINUE card continues nothing' },
  DUPLICATE_KEYWORD: {
    severity: 'warning',
    section: '4.1.2.1',
    meaning: 'a keyword is there more than once',
  },
  MISSING_KEYWORD: { severity: 'error', section: '4.4.1', meaning: 'a mandatory keyword is missing' },
  MANDATORY_ORDER: {
    severity: 'error',
    section: '4.4.1',
    meaning: 'mandatory keywords are not in their order',
  },
  MANDATORY_FORMAT: {
    severity: 'error',
    section: '4.2',
    meaning: 'a mandatory keyword is not in fixed format',
  },
  MANDATORY_VALUE: {
    severity: 'error',
    section: '4.4.1',
    meaning: 'a mandatory keyword has a value that is not allowed',
  },
  WRONG_TYPE: {
    severity: 'error',
    section: '4.4.2',
    meaning: 'a reserved keyword has a value of another type',
  },
  NOT_ALLOWED: { severity: 'error', section: '4.4.2', meaning: 'a keyword does not belong into this header' },
  DEPRECATED: { severity: 'warning', section: '4.4.2', meaning: 'the standard advises against it' },
  DATE_FORM: { severity: 'error', section: '9.1.1', meaning: 'a date is not in the form of the standard' },
  SCALE_ZERO: {
    severity: 'warning',
    section: '4.4.2.5',
    meaning: 'a scale is zero: all values are the same',
  },
  UNKNOWN_EXTENSION: {
    severity: 'warning',
    section: '3.4.1',
    meaning: 'the type of the extension is not registered',
  },
  TABLE_LAYOUT: { severity: 'error', section: '7', meaning: 'the columns of a table do not fit together' },
  HEAP_RANGE: { severity: 'error', section: '7.3.5', meaning: 'an array of a table lies outside the heap' },
  DATA_CUT: { severity: 'error', section: '3.3.2', meaning: 'the data end early' },
  DATA_FILL: {
    severity: 'error',
    section: '3.3.2',
    meaning: 'the last data block is filled up with something else than zeros (or blanks)',
  },
  CHECKSUM_WRONG: { severity: 'error', section: '4.4.2.7', meaning: 'CHECKSUM does not fit the HDU' },
  DATASUM_WRONG: { severity: 'error', section: '4.4.2.7', meaning: 'DATASUM does not fit the data' },
} as const

/** Stable code of a {@link Finding}. */
export type FindingCode = keyof typeof FINDINGS

/** One departure of a file from the standard. */
export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** Section of the FITS Standard 4.0. */
  readonly section: string
  /** HDU, keyword, card number and byte offset, as far as they apply. */
  readonly location: FitsLocation
  /** What was found and what is allowed, in one sentence. */
  readonly message: string
  readonly isRepairable: boolean
}

/** Makes a finding with what its code says of it. */
export function finding(
  code: FindingCode,
  location: FitsLocation,
  message: string,
  isRepairable: boolean = false,
): Finding {
  const { severity, section } = FINDINGS[code]
  return { code, severity, section, location, message, isRepairable }
}
