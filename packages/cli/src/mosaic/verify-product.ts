import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ProgressListener } from '@skyloom/base'
import { diffFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import {
  JOB_FILES,
  type MosaicPlanFile,
  PARTNER_KINDS,
  type Partner,
  type PartnerKind,
  partnerFiles,
} from '@skyloom/mosaic'
import { remakeMosaic } from '@skyloom/mosaic/node'
import { type FileInfo, type FileTrace, type Registry, RegistryError } from '@skyloom/registry'
import { hduLines } from '../commands/fits-diff.ts'
import { programIdentity } from './program-identity.ts'
import { fileSha256, soundCopy } from './sound-copy.ts'

/** How a product is verified. */
export interface VerifyOptions {
  readonly threads?: number | undefined
  readonly memoryBytes?: number | undefined
  /** Folder for the copy that is made. */
  readonly scratch?: string | undefined
  /** Make no copy. */
  readonly isInputsOnly?: boolean | undefined
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
}

/** A file that is not what it was when it was recorded. */
export interface ChangedFile {
  readonly lfn: string
  readonly path: string | undefined
  readonly problem: 'changed' | 'missing'
}

/** What verifying a product gave. */
export interface Verdict {
  readonly file: string
  readonly run: string
  readonly isSound: boolean
  /** The file against its registered checksum. */
  readonly isAsRecorded: boolean
  readonly changedInputs: readonly ChangedFile[]
  /** Whether what was made again is the same; undefined when nothing was made. */
  readonly isIdentical?: boolean | undefined
  /** Where it differs: HDU, cards, count of pixels and largest difference. */
  readonly differences: readonly string[]
  /** All of it for people. */
  readonly lines: readonly string[]
}

/**
 * Verifies a product of a mosaic: compares the inputs of its run with their registered checksums and, when all are as they were, makes
 * the mosaic again in a scratch folder and compares the product with its copy.
 *
 * @param path the file that is compared with what is made
 * @throws {RegistryError} `REGISTRY_NOT_FOUND` for a file that no run of `mosaic make` made, or whose record is gone
 */
export async function verifyProduct(
  registry: Registry,
  file: FileInfo,
  path: string,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const trace = await registry.files.trace([file.id], { direction: 'ancestors' })
  const runId = file.madeBy?.runId ?? ''
  const inputs = trace.files.filter(({ madeBy }) => madeBy === null)
  const places = new Map<string, string>()
  const changedInputs: ChangedFile[] = []
  for (const input of inputs) {
    const { state, path: place } = await soundCopy(registry, input)
    if (place !== undefined) places.set(input.lfn, place)
    if (state !== 'sound') changedInputs.push({ lfn: input.lfn, path: place, problem: state })
  }
  const { plan, template } = await recordOf(registry, file, places)
  const isThere = existsSync(path)
  const isAsRecorded = isThere && (await fileSha256(path)) === file.sha256
  const facts = { file: file.lfn, run: runId, isAsRecorded, changedInputs }
  const start = [
    `${file.lfn}: made by run ${runId} from ${inputs.length} files`,
    ...(isThere
      ? [isAsRecorded ? 'the file is as it was recorded' : 'the file was changed since it was made']
      : [`the file is not at ${path}`]),
    ...changedInputs.map((input) => `input ${input.problem}: ${input.path ?? input.lfn}`),
  ]
  if (changedInputs.length > 0) {
    const lines = [...start, 'not made again: it would be made from other inputs']
    return { ...facts, isSound: false, differences: [], lines }
  }
  if (options.isInputsOnly === true)
    return {
      ...facts,
      isSound: isAsRecorded,
      differences: [],
      lines: [...start, 'the inputs are as they were'],
    }
  const folder = await mkdtemp(join(resolve(options.scratch ?? tmpdir()), 'skyloom-verify-'))
  try {
    const { threads, memoryBytes, onProgress, signal } = options
    const outDir = join(folder, 'out')
    await remakeMosaic(relocated(plan, places), template, {
      outDir,
      threads,
      memoryBytes,
      onProgress,
      signal,
    })
    const copy = join(outDir, file.lfn)
    const isIdentical = (await fileSha256(copy)) === (isThere ? await fileSha256(path) : file.sha256)
    const differences = isIdentical || !isThere ? [] : await differencesOf(path, copy)
    return {
      ...facts,
      isSound: isAsRecorded && isIdentical,
      isIdentical,
      differences,
      lines: [
        ...start,
        ...programLines(trace),
        isIdentical ? 'made again: identical' : 'made again: it differs',
        ...differences,
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a mosaic is made again from. */
interface MosaicRecord {
  readonly plan: MosaicPlanFile
  readonly template: string
}

/**
 * The plan and the template in the history of a product.
 *
 * @param places where the inputs are, by logical name
 * @throws {RegistryError} `REGISTRY_NOT_FOUND` for a file that no run made, or not from a plan of the engine
 */
async function recordOf(
  registry: Registry,
  { lfn, madeBy }: FileInfo,
  places: ReadonlyMap<string, string>,
): Promise<MosaicRecord> {
  const where = [registry.location]
  if (madeBy === null)
    throw new RegistryError('REGISTRY_NOT_FOUND', 'no run made this file', { where, found: lfn })
  const { runId } = madeBy
  const [plan, template] = [places.get(JOB_FILES.plan), places.get(JOB_FILES.template)]
  if (plan !== undefined && template !== undefined && existsSync(plan) && existsSync(template))
    return {
      // Its checksum was compared with the registered one.
      plan: JSON.parse(await readFile(plan, 'utf8')) as MosaicPlanFile,
      template: await readFile(template, 'latin1'),
    }
  throw new RegistryError(
    'REGISTRY_NOT_FOUND',
    'the run has no record from which a mosaic can be made again',
    {
      where: [...where, `run ${runId}`],
      found: lfn,
      remedy:
        'only products of skyloom mosaic make and mosaic plan are made again; skyloom trace shows where other files come from',
    },
  )
}

/** The plan with the places where images and partners are now. */
function relocated(plan: MosaicPlanFile, places: ReadonlyMap<string, string>): MosaicPlanFile {
  const partners = partnerFiles(plan.images)
  const now = (lfn: string | undefined, path: string): string => places.get(lfn ?? '') ?? path
  return {
    ...plan,
    images: plan.images.map((image) => {
      const moved = { ...image, path: now(image.name, image.path) }
      if (image.quality === undefined) return moved
      const found: Partial<Record<PartnerKind, Partner>> = {}
      for (const kind of PARTNER_KINDS) {
        const partner = image.quality[kind]
        if (partner !== undefined)
          found[kind] = { ...partner, path: now(partners.get(partner.path), partner.path) }
      }
      return { ...moved, quality: { ...image.quality, ...found } }
    }),
  }
}

/** The programs of the record, where they are not the one that runs now. */
function programLines({ steps }: FileTrace): readonly string[] {
  const now = programIdentity()
  const others = new Set(
    steps.flatMap(({ invocation }) => {
      const hash = invocation?.programSha256 ?? undefined
      return hash === undefined || hash === now.sha256
        ? []
        : [`${invocation?.programVersion ?? ''} ${hash.slice(0, 12)}`]
    }),
  )
  if (others.size === 0) return []
  return [
    `made by ${[...others].map((text) => text.trim()).join(', ')}; this is ${now.version} ${now.sha256.slice(0, 12)}`,
  ]
}

async function differencesOf(path: string, copy: string): Promise<readonly string[]> {
  if (/\.fits$/.test(path)) {
    await using made = await openFitsFile(path)
    await using again = await openFitsFile(copy)
    const { hdus, hduCounts } = await diffFits(made, again)
    const [before, now] = hduCounts
    const counts = before === now ? [] : [`number of HDUs: ${before} and ${now}`]
    const lines = [...counts, ...hdus.flatMap(hduLines)]
    if (lines.length > 0) return lines
  }
  const [a, b] = await Promise.all([readFile(path), readFile(copy)])
  if (a.length !== b.length) return [`${a.length} bytes and ${b.length} bytes`]
  const at = a.findIndex((byte, index) => byte !== b[index])
  return [`first different byte: ${at}`]
}
