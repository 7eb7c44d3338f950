import { MosaicError } from '../errors.ts'

/** A folder of images on this machine or on a mounted disk. */
export interface FolderService {
  readonly kind: 'folder'
  readonly path: string
  /** Table of the images with their corners, relative to `path`; without one the headers of the images are read at every search. */
  readonly index?: string | undefined
}

/** A service that answers a search over the network. */
export interface NetworkService {
  /**
   * `table`: asked with `location`, `width`, `height` (degrees) and `mode=TBL`, answers with an IPAC table that has a column `URL`.
   * `sia2`: a Simple Image Access service, version 2.
   */
  readonly kind: 'table' | 'sia2'
  readonly url: string
  /** Further parameters of the question, such as `COLLECTION`. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Where the images of a band come from. */
export type SurveyService = FolderService | NetworkService

/** A band of a survey. */
export interface SurveyBand {
  readonly name: string
  readonly service: SurveyService
}

/** A survey. */
export interface Survey {
  readonly name: string
  readonly title: string
  readonly bands: readonly SurveyBand[]
}

/** The surveys that can be searched, and how services are asked. */
export interface SurveyRegistry {
  readonly surveys: readonly Survey[]
  /** Sesame-like service for names of objects; the name is put behind it. None: only bundled names are known. */
  readonly resolver: string | undefined
  /** Seconds without a byte after which an answer is given up. */
  readonly timeoutSeconds: number
  /** How often a question or transfer is tried again after a fault that may pass. */
  readonly retries: number
}

const DEFAULT_TIMEOUT_SECONDS = 60
const DEFAULT_RETRIES = 3
const MAX_RETRIES = 20

/**
 * The registry that a JSON document describes:
 *
 * ```json
 * {
 *   "surveys": {
 *     "2MASS": {
 *       "kind": "sia2",
 *       "url": "https://irsa.ipac.caltech.edu/SIA",
 *       "parameters": { "COLLECTION": "twomass_allsky" },
 *       "bands": { "J": { "parameters": { "BAND": "1.235e-6" } }, "K": { "kind": "folder", "path": "/data/2mass/k" } }
 *     }
 *   },
 *   "resolver": "https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/SNV?",
 *   "timeoutSeconds": 30,
 *   "retries": 3
 * }
 * ```
 *
 * A band takes from its survey what it does not say itself.
 *
 * @param name shown in messages: the path of the file
 * @throws MosaicError `MOSAIC_BAD_SURVEYS`
 */
export function parseSurveyRegistry(text: string, name: string): SurveyRegistry {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw bad(name, 'is no JSON', { cause })
  }
  const document = entries(value, name, 'the document')
  const surveys = entries(document.get('surveys') ?? {}, name, 'surveys')
  const resolver = document.get('resolver')
  return {
    surveys: [...surveys].map(([key, survey]) => readSurvey(key, survey, name)),
    resolver: resolver === undefined ? undefined : urlOf(resolver, name, 'resolver'),
    timeoutSeconds: numberOf(
      document.get('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS,
      name,
      'timeoutSeconds',
      86_400,
    ),
    retries: numberOf(document.get('retries') ?? DEFAULT_RETRIES, name, 'retries', MAX_RETRIES),
  }
}

/**
 * The band of a survey; case does not matter.
 *
 * @throws MosaicError `MOSAIC_UNKNOWN_SURVEY` with what there is
 */
export function findSurveyBand(registry: SurveyRegistry, survey: string, band: string): SurveyBand {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const found = registry.surveys.find(({ name }) => same(name, survey))
  if (found === undefined)
    throw unknown(
      `there is no survey ${survey}`,
      survey,
      registry.surveys.map(({ name }) => name),
    )
  const wanted = found.bands.find(({ name }) => same(name, band))
  if (wanted !== undefined) return wanted
  throw unknown(
    `the survey ${found.name} has no band ${band}`,
    band,
    found.bands.map(({ name }) => name),
  )
}

function unknown(problem: string, found: string, names: readonly string[]): MosaicError {
  return new MosaicError('MOSAIC_UNKNOWN_SURVEY', problem, {
    found,
    allowed: names.length === 0 ? 'none is configured' : names.join(', '),
    remedy: 'name one of these, or add it to the survey registry',
  })
}

function readSurvey(key: string, value: unknown, name: string): Survey {
  const survey = entries(value, name, `surveys.${key}`)
  const bands = entries(survey.get('bands') ?? {}, name, `surveys.${key}.bands`)
  const title = survey.get('title')
  return {
    name: key,
    title: typeof title === 'string' ? title : key,
    bands: [...bands].map(([band, own]) => ({
      name: band,
      service: readService(
        survey,
        entries(own, name, `surveys.${key}.bands.${band}`),
        name,
        `${key}.${band}`,
      ),
    })),
  }
}

function readService(
  survey: ReadonlyMap<string, unknown>,
  band: ReadonlyMap<string, unknown>,
  name: string,
  place: string,
): SurveyService {
  const given = (key: string): unknown => band.get(key) ?? survey.get(key)
  const kind = given('kind')
  if (kind === 'folder') {
    const index = given('index')
    return {
      kind,
      path: textOf(given('path'), name, `${place}: path`),
      index: index === undefined ? undefined : textOf(index, name, `${place}: index`),
    }
  }
  if (kind !== 'table' && kind !== 'sia2')
    throw bad(name, `${place}: the kind of service is missing or unknown`, {
      found: String(kind),
      allowed: 'folder, table, sia2',
    })
  const parameters = [survey, band].flatMap((level) =>
    [...entries(level.get('parameters') ?? {}, name, `${place}: parameters`)].map(
      ([key, value]) => [key, textOf(value, name, `${place}: parameter ${key}`)] as const,
    ),
  )
  return { kind, url: urlOf(given('url'), name, `${place}: url`), parameters: new Map(parameters) }
}

function entries(value: unknown, name: string, place: string): ReadonlyMap<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return new Map(Object.entries(value))
  throw bad(name, `${place} must be an object`, { found: JSON.stringify(value) })
}

function textOf(value: unknown, name: string, place: string): string {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number') return String(value)
  throw bad(name, `${place} must be a text`, {
    found: value === undefined ? 'nothing' : JSON.stringify(value),
  })
}

function urlOf(value: unknown, name: string, place: string): string {
  const text = textOf(value, name, place)
  if (/^https?:\/\/[^/]+/.test(text) && URL.canParse(text)) return text
  throw bad(name, `${place} must be an http or https address`, { found: text })
}

function numberOf(value: unknown, name: string, place: string, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value
  throw bad(name, `${place} must be a number`, { found: JSON.stringify(value), allowed: `0 to ${most}` })
}

function bad(
  name: string,
  problem: string,
  detail: { readonly found?: string; readonly allowed?: string; readonly cause?: unknown },
): MosaicError {
  return new MosaicError('MOSAIC_BAD_SURVEYS', `the survey registry: ${problem}`, {
    where: [name],
    ...detail,
  })
}
