import * as z from 'zod'
import { RegistryError } from '../errors.ts'
import { METADATA_KINDS, METADATA_NAME, type MetadataKind } from '../files/metadata-value.ts'
import { FILE_FIELDS } from '../query/file-fields.ts'

/** Where a value comes from. */
export type MetadataSource =
  /** Header cards: the first of the keywords that has a value. */
  | {
      readonly header: string | readonly string[]
      /** `data`: the HDU with the data, then the primary one (default); `any`: the first HDU that has it; a number: that HDU. */
      readonly hdu?: 'data' | 'primary' | 'any' | number | undefined
    }
  /** A fact that the reader computes. */
  | { readonly computed: string }
  /** Pattern of the file name, such as `D${expnum:8}_${band}.fits`. */
  | { readonly filename: string }
  /** Other metadata of this file. */
  | { readonly copied: string }
  | { readonly value: string | number | boolean }

/** One name of a file type. */
export interface MetadataDefinition {
  readonly kind: MetadataKind
  /** A file without it is bad. Default false. */
  readonly required?: boolean | undefined
  readonly unit?: string | undefined
  readonly description?: string | undefined
  /** Tried in this order; values that the user gives come first. */
  readonly from: readonly MetadataSource[]
  /** Other spellings of a text. */
  readonly map?: Readonly<Record<string, string>> | undefined
}

/** What files of a type have. */
export interface FileTypeDefinition {
  readonly description?: string | undefined
  readonly metadata: Readonly<Record<string, MetadataDefinition>>
}

/** File types by name. */
export interface MetadataDefinitions {
  readonly fileTypes: Readonly<Record<string, FileTypeDefinition>>
}

const keywords = z.union([z.string(), z.array(z.string()).min(1)])
const hdu = z.union([z.enum(['data', 'primary', 'any']), z.int().min(0)])
const source: z.ZodType<MetadataSource> = z.union([
  z.strictObject({ header: keywords, hdu: hdu.optional() }),
  z.strictObject({ computed: z.string() }),
  z.strictObject({ filename: z.string() }),
  z.strictObject({ copied: z.string() }),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) }),
])
const definition: z.ZodType<MetadataDefinition> = z.strictObject({
  kind: z.enum(METADATA_KINDS),
  required: z.boolean().optional(),
  unit: z.string().optional(),
  description: z.string().optional(),
  from: z.array(source),
  map: z.record(z.string(), z.string()).optional(),
})
const schema: z.ZodType<MetadataDefinitions> = z.strictObject({
  fileTypes: z.record(
    z.string().regex(METADATA_NAME),
    z.strictObject({
      description: z.string().optional(),
      metadata: z.record(z.string().regex(METADATA_NAME), definition),
    }),
  ),
})

/**
 * Reads definitions of metadata.
 *
 * @param name of the document, for messages
 * @throws {RegistryError} `REGISTRY_BAD_DEFINITION`
 */
export function parseMetadataDefinitions(text: string, name: string): MetadataDefinitions {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw new RegistryError('REGISTRY_BAD_DEFINITION', 'this is no JSON', {
      where: [name],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
  const parsed = schema.safeParse(document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new RegistryError('REGISTRY_BAD_DEFINITION', 'the definitions are not as they must be', {
      where: [name, ...(issue === undefined ? [] : [issue.path.join('.')])],
      ...(issue === undefined ? {} : { found: issue.message }),
    })
  }
  for (const [type, { metadata }] of Object.entries(parsed.data.fileTypes)) {
    for (const key of Object.keys(metadata)) {
      if (!FILE_FIELDS.has(key)) continue
      throw new RegistryError('REGISTRY_BAD_DEFINITION', 'every file has a field of this name', {
        where: [name, `fileTypes.${type}.metadata`],
        found: key,
        remedy: 'choose another name',
      })
    }
  }
  return parsed.data
}

/** The JSON Schema of definitions. */
export function metadataDefinitionsJsonSchema(): unknown {
  return z.toJSONSchema(schema, { io: 'input' })
}
