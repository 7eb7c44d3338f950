import { parseTransformationId, transformationId } from '../model/job.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import { ARCHITECTURES, OPERATING_SYSTEMS, type Platform } from '../model/platform.ts'
import { PROFILE_NAMESPACES, type Profile } from '../model/profile.ts'
import {
  CONTAINER_TYPES,
  type Container,
  TRANSFORMATION_TYPES,
  type Transformation,
  type TransformationCatalog,
  type TransformationSite,
} from '../model/transformation-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import { lineTable, ProblemCollector } from '../problem/collector.ts'
import type { ReadResult } from '../problem/problem.ts'
import { type Statement, TextBlocks } from './text-blocks.ts'
import type { Word } from './text-words.ts'

/**
 * Reads the old text form of a transformation catalog: `tr ns::name:version { site NAME { pfn "…" type "INSTALLED" … } }`
 * and `cont NAME { type "docker" image "…" }`, `#` for comments.
 */
export function readTransformationText(text: string, name: string): ReadResult<TransformationCatalog> {
  const problems = new ProblemCollector(name, lineTable(text))
  const transformations: Transformation[] = []
  const containers: Container[] = []
  for (const statement of new TextBlocks(text, problems).read()) {
    const { keyword, words, body } = statement
    const id = words[0]
    if ((keyword.text !== 'tr' && keyword.text !== 'cont') || id === undefined || body === undefined) {
      problems.addUnknown(
        'SYNTAX',
        'a transformation or container is expected',
        {
          path: '',
          offset: keyword.offset,
          found: keyword.text,
          allowed: 'tr NAME { … } or cont NAME { … }',
        },
        ['tr', 'cont'],
      )
    } else if (keyword.text === 'tr') transformations.push(readTransformation(id, body, problems))
    else {
      const container = readContainer(id, body, problems)
      if (container !== undefined) containers.push(container)
    }
  }
  checkContainers(transformations, containers, problems)
  return problems.result({ pegasus: FORMAT_VERSION, transformations, containers, extensions: [] })
}

function readTransformation(
  id: Word,
  body: readonly Statement[],
  problems: ProblemCollector,
): Transformation {
  const common = new CommonEntries(problems)
  const sites: TransformationSite[] = []
  const requires: string[] = []
  for (const statement of body) {
    const first = statement.words[0]
    if (common.take(statement) || first === undefined) continue
    if (statement.keyword.text === 'requires') requires.push(first.text)
    else if (statement.keyword.text === 'site' && statement.body !== undefined) {
      const site = readSite(first, statement.body, problems)
      if (site !== undefined) sites.push(site)
    } else reportKeyword(statement, ['site', 'profile', 'metadata', 'requires'], problems)
  }
  if (sites.length === 0) {
    problems.add('TOO_FEW', 'the transformation has no site', {
      path: '',
      offset: id.offset,
      found: id.text,
      allowed: 'at least one site',
    })
  }
  return {
    ...parseTransformationId(id.text),
    sites,
    requires,
    profiles: common.profiles,
    hooks: [],
    metadata: common.metadata,
    extensions: [],
  }
}

const SITE_KEYWORDS = [
  'pfn',
  'type',
  'arch',
  'os',
  'osrelease',
  'osversion',
  'container',
  'bypass',
  'profile',
  'metadata',
]

function readSite(
  name: Word,
  body: readonly Statement[],
  problems: ProblemCollector,
): TransformationSite | undefined {
  const common = new CommonEntries(problems)
  const values = new Map<string, Word>()
  for (const statement of body) {
    const first = statement.words[0]
    if (common.take(statement)) continue
    if (first !== undefined && SITE_KEYWORDS.includes(statement.keyword.text))
      values.set(statement.keyword.text, first)
    else reportKeyword(statement, SITE_KEYWORDS, problems)
  }
  const pfn = values.get('pfn')
  if (pfn === undefined) {
    problems.add('MISSING_KEY', 'a site of a transformation needs the key pfn', {
      path: '',
      offset: name.offset,
      found: name.text,
      allowed: 'pfn "…"',
    })
    return undefined
  }
  const container = values.get('container')
  return {
    name: name.text,
    pfn: pfn.text,
    type: wordOf(values.get('type'), 'type of executable', TRANSFORMATION_TYPES, problems) ?? 'installed',
    ...readPlatform(values, problems),
    ...(container === undefined ? {} : { container: container.text }),
    ...(values.get('bypass')?.text === 'true' ? { bypass: true } : {}),
    profiles: common.profiles,
    metadata: common.metadata,
    extensions: [],
  }
}

function readPlatform(values: ReadonlyMap<string, Word>, problems: ProblemCollector): Platform {
  const arch = wordOf(values.get('arch'), 'architecture', ARCHITECTURES, problems)
  const osType = wordOf(values.get('os'), 'operating system', OPERATING_SYSTEMS, problems)
  const osRelease = values.get('osrelease')?.text
  const osVersion = values.get('osversion')?.text
  return {
    ...(arch === undefined ? {} : { arch }),
    ...(osType === undefined ? {} : { osType }),
    ...(osRelease === undefined ? {} : { osRelease }),
    ...(osVersion === undefined ? {} : { osVersion }),
  }
}

const CONTAINER_KEYWORDS = [
  'type',
  'image',
  'image_site',
  'mount',
  'dockerfile',
  'bypass',
  'profile',
  'metadata',
]

function readContainer(
  name: Word,
  body: readonly Statement[],
  problems: ProblemCollector,
): Container | undefined {
  const common = new CommonEntries(problems)
  const values = new Map<string, Word>()
  const mounts: string[] = []
  for (const statement of body) {
    const first = statement.words[0]
    if (common.take(statement)) continue
    if (first === undefined || !CONTAINER_KEYWORDS.includes(statement.keyword.text)) {
      reportKeyword(statement, CONTAINER_KEYWORDS, problems)
    } else if (statement.keyword.text === 'mount') mounts.push(first.text)
    else values.set(statement.keyword.text, first)
  }
  const type = wordOf(values.get('type'), 'container type', CONTAINER_TYPES, problems)
  const image = values.get('image')?.text
  if (type === undefined || image === undefined) {
    problems.add('MISSING_KEY', 'a container needs the keys type and image', {
      path: '',
      offset: name.offset,
      found: name.text,
      allowed: 'type "docker" image "docker:///…"',
    })
    return undefined
  }
  const imageSite = values.get('image_site')?.text
  return {
    name: name.text,
    type,
    image,
    ...(imageSite === undefined || imageSite === 'optional site' ? {} : { imageSite }),
    mounts,
    ...(values.get('bypass')?.text === 'true' ? { bypass: true } : {}),
    profiles: common.profiles,
    metadata: common.metadata,
    extensions: [],
  }
}

/** The statements `profile` and `metadata` of any block. */
class CommonEntries {
  readonly profiles: Profile[] = []
  readonly metadata: MetadataEntry[] = []
  readonly #problems: ProblemCollector

  constructor(problems: ProblemCollector) {
    this.#problems = problems
  }

  /** True when the statement was one of them. */
  take({ keyword, words }: Statement): boolean {
    const [first, second, third] = words
    if (keyword.text === 'metadata' && first !== undefined && second !== undefined) {
      this.metadata.push({ key: first.text, value: second.text })
      return true
    }
    if (keyword.text !== 'profile' || first === undefined || second === undefined || third === undefined)
      return false
    const namespace = wordOf(first, 'name space of profiles', PROFILE_NAMESPACES, this.#problems)
    if (namespace !== undefined) this.profiles.push({ namespace, key: second.text, value: third.text })
    return true
  }
}

/** A word of a list, any case; an unknown one is reported. */
function wordOf<const T extends string>(
  word: Word | undefined,
  noun: string,
  known: readonly T[],
  problems: ProblemCollector,
): T | undefined {
  if (word === undefined) return undefined
  const found = known.find((candidate) => candidate === word.text.toLowerCase())
  if (found === undefined) {
    problems.addUnknown(
      'UNKNOWN_VALUE',
      `unknown ${noun}`,
      { path: '', offset: word.offset, found: word.text },
      known,
    )
  }
  return found
}

function reportKeyword(statement: Statement, known: readonly string[], problems: ProblemCollector): void {
  const { text: found, offset } = statement.keyword
  problems.addUnknown('UNKNOWN_KEY', 'this statement is not allowed here', { path: '', offset, found }, known)
}

function checkContainers(
  transformations: readonly Transformation[],
  containers: readonly Container[],
  problems: ProblemCollector,
): void {
  const names = new Set(containers.map((container) => container.name))
  for (const transformation of transformations) {
    for (const site of transformation.sites) {
      if (site.container === undefined || names.has(site.container)) continue
      const message = `the container of ${transformationId(transformation)} on site ${site.name} is not defined`
      problems.addUnknown('UNKNOWN_REFERENCE', message, { path: '', found: site.container }, names)
    }
  }
}
