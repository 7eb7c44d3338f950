import { RegistryError } from '../errors.ts'
import { timeMs } from '../files/metadata-value.ts'
import type { MetadataValue } from '../files/records.ts'
import type { FileTypeDefinition, MetadataDefinition, MetadataSource } from './definitions.ts'
import { matchFilename } from './filename-pattern.ts'

/** A header as far as definitions look at it. */
export interface HeaderFacts {
  /** Number of the HDU. */
  readonly index: number
  /** Value of a keyword; undefined when it is absent or has none. */
  readonly keyword: (keyword: string) => MetadataValue | undefined
}

/** What is known of a file before definitions are applied. */
export interface FileFacts {
  /** Name without folders. */
  readonly name: string
  /** All HDUs in order; none for other files. */
  readonly hdus: readonly HeaderFacts[]
  /** Number of the HDU with the data. */
  readonly dataHdu?: number | undefined
  /** What the reader computed: `width`, `height`, `pixel_scale`, `ra`, `dec`, `rows`, `columns`. */
  readonly computed: Readonly<Record<string, MetadataValue | undefined>>
  /** Values that the user gives; they count before all others. */
  readonly given?: Readonly<Record<string, MetadataValue>> | undefined
}

/** What definitions give for a file. */
export interface ExtractedMetadata {
  readonly metadata: Readonly<Record<string, MetadataValue>>
  /** Values that are there and not of the kind that is asked for. */
  readonly warnings: readonly string[]
}

/**
 * Applies the definitions of a file type. Given values without a definition are taken as they are.
 *
 * @throws {RegistryError} `REGISTRY_BAD_VALUE` when required metadata are missing or not of their kind
 */
export function extractMetadata(definition: FileTypeDefinition, facts: FileFacts): ExtractedMetadata {
  const found = new Map<string, MetadataValue>()
  const warnings: string[] = []
  for (const [name, rule] of Object.entries(definition.metadata)) {
    const raw = firstValue(name, rule, facts, found)
    if (raw === undefined) {
      if (rule.required === true) throw missing(name, rule, facts)
      continue
    }
    const value = convert(raw, rule)
    if (value !== undefined) found.set(name, value)
    else if (rule.required === true) throw wrongKind(name, rule, facts, raw)
    else warnings.push(`${facts.name}: ${name} is no ${rule.kind}: ${String(raw).slice(0, 80)}`)
  }
  for (const [name, value] of Object.entries(facts.given ?? {}))
    if (!Object.hasOwn(definition.metadata, name)) found.set(name, value)
  return { metadata: Object.fromEntries(found), warnings }
}

function firstValue(
  name: string,
  rule: MetadataDefinition,
  facts: FileFacts,
  found: ReadonlyMap<string, MetadataValue>,
): MetadataValue | undefined {
  const given = facts.given !== undefined && Object.hasOwn(facts.given, name) ? facts.given[name] : undefined
  if (given !== undefined) return given
  for (const source of rule.from) {
    const value = valueFrom(name, source, facts, found)
    if (value !== undefined && !(typeof value === 'string' && value.trim() === '')) return value
  }
  return undefined
}

function valueFrom(
  name: string,
  source: MetadataSource,
  facts: FileFacts,
  found: ReadonlyMap<string, MetadataValue>,
): MetadataValue | undefined {
  if ('header' in source) return headerValue(source, facts)
  if ('computed' in source) return facts.computed[source.computed]
  if ('filename' in source) return matchFilename(source.filename, facts.name)?.get(name)
  if ('copied' in source) return found.get(source.copied)
  return source.value
}

function headerValue(
  { header, hdu = 'data' }: Extract<MetadataSource, { header: unknown }>,
  { hdus, dataHdu }: FileFacts,
): MetadataValue | undefined {
  const keywords = typeof header === 'string' ? [header] : header
  const at = (index: number): readonly HeaderFacts[] => hdus.filter((one) => one.index === index)
  const places =
    hdu === 'any'
      ? hdus
      : hdu === 'primary'
        ? at(0)
        : hdu === 'data'
          ? [...at(dataHdu ?? 0), ...(dataHdu === 0 ? [] : at(0))]
          : at(hdu)
  for (const place of places) {
    for (const keyword of keywords) {
      const value = place.keyword(keyword)
      if (value !== undefined && !(typeof value === 'string' && value.trim() === '')) return value
    }
  }
  return undefined
}

/** A value as the kind that is asked for; undefined when it is none. */
function convert(raw: MetadataValue, { kind, map }: MetadataDefinition): MetadataValue | undefined {
  const text = typeof raw === 'string' ? raw.trim() : String(raw)
  switch (kind) {
    case 'text':
      return map !== undefined && Object.hasOwn(map, text) ? map[text] : text
    case 'integer':
    case 'real': {
      const value =
        typeof raw === 'number' ? raw : text === '' ? Number.NaN : Number(text.replace(/[Dd]/, 'e'))
      return Number.isFinite(value) && (kind === 'real' || Number.isSafeInteger(value)) ? value : undefined
    }
    case 'boolean':
      return typeof raw === 'boolean'
        ? raw
        : /^(t|true|1)$/i.test(text)
          ? true
          : /^(f|false|0)$/i.test(text)
            ? false
            : undefined
    case 'time': {
      const time = oldFitsDate(text) ?? text
      return timeMs(time) === undefined ? undefined : time
    }
  }
}

/** `dd/mm/yy` of files from before 1999 as an ISO date: the years 1900 to 1999 (FITS standard 4.0, section 9.1.1). */
function oldFitsDate(text: string): string | undefined {
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text) ?? []
  return day === undefined || month === undefined || year === undefined
    ? undefined
    : `19${year}-${month}-${day}`
}

function missing(name: string, rule: MetadataDefinition, facts: FileFacts): RegistryError {
  return new RegistryError('REGISTRY_BAD_VALUE', 'required metadata are missing', {
    where: [facts.name, `metadata ${name}`],
    allowed: `one of ${JSON.stringify(rule.from)}`,
    remedy: `give it with --set ${name}=VALUE, or mend the header`,
  })
}

function wrongKind(
  name: string,
  rule: MetadataDefinition,
  facts: FileFacts,
  raw: MetadataValue,
): RegistryError {
  return new RegistryError('REGISTRY_BAD_VALUE', 'required metadata are of the wrong kind', {
    where: [facts.name, `metadata ${name}`],
    found: String(raw),
    allowed: rule.kind,
    remedy: `give it with --set ${name}=VALUE, or mend the header`,
  })
}
