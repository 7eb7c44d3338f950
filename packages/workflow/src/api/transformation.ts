import type { Checksum } from '../model/checksum.ts'
import { transformationId } from '../model/job.ts'
import type { Platform } from '../model/platform.ts'
import type {
  Transformation as TransformationData,
  TransformationSite as TransformationSiteData,
} from '../model/transformation-catalog.ts'
import { type MetadataInput, WithHooks, WithMetadata } from './annotations.ts'
import { Container } from './container.ts'
import type { ProfilesInput } from './profiles.ts'
import { checkPlatform, type PlatformOptions } from './site-catalog.ts'
import { badValue, checkFilled, checkLocation, checkText, duplicate } from './values.ts'

/** Options of a {@link TransformationSite}. */
export interface TransformationSiteOptions extends PlatformOptions {
  /** True when the executable is copied with the job, false (default) when it is installed on the site. */
  readonly isStageable?: boolean
  /** Stage the executable straight to the node. */
  readonly bypassStaging?: boolean
  /** The container in which it runs, or its name. */
  readonly container?: Container | string
  readonly profiles?: ProfilesInput
  readonly metadata?: MetadataInput
}

/** Where a transformation is found on one site. */
export class TransformationSite extends WithMetadata {
  readonly name: string
  readonly pfn: string
  readonly isStageable: boolean
  readonly #platform: Platform
  readonly #bypass: boolean
  readonly #container: string | undefined

  constructor(name: string, pfn: string, options: TransformationSiteOptions = {}) {
    super()
    this.name = checkFilled('the site name', name)
    this.pfn = checkLocation('the location of an executable', pfn)
    this.isStageable = options.isStageable ?? false
    this.#platform = checkPlatform(options)
    this.#bypass = options.bypassStaging ?? false
    const { container } = options
    this.#container = container instanceof Container ? container.name : container
    this.addAllProfiles(options.profiles)
    if (options.metadata !== undefined) this.addMetadata(options.metadata)
  }

  /** The entry as plain data. */
  build(): TransformationSiteData {
    return {
      name: this.name,
      pfn: this.pfn,
      type: this.isStageable ? 'stageable' : 'installed',
      ...this.#platform,
      ...(this.#bypass ? { bypass: true } : {}),
      ...(this.#container === undefined ? {} : { container: this.#container }),
      profiles: this.profiles,
      metadata: this.metadata,
      extensions: [],
    }
  }
}

/** Options of a {@link Transformation}; `site` and `pfn` together make its first site. */
export interface TransformationOptions extends TransformationSiteOptions {
  readonly namespace?: string
  readonly version?: string
  readonly site?: string
  readonly pfn?: string
  readonly checksum?: Checksum
}

/** An executable with the places where it is found. */
export class Transformation extends WithHooks {
  readonly name: string
  readonly namespace: string | undefined
  readonly version: string | undefined
  readonly checksum: Checksum | undefined
  readonly #sites = new Map<string, TransformationSite>()
  readonly #requires = new Set<string>()

  constructor(name: string, options: TransformationOptions = {}) {
    super()
    this.name = checkIdPart('the transformation name', name)
    this.namespace =
      options.namespace === undefined ? undefined : checkIdPart('the name space', options.namespace)
    this.version = options.version === undefined ? undefined : checkIdPart('the version', options.version)
    this.checksum = options.checksum === undefined ? undefined : checkChecksum(options.checksum)
    const { site, pfn, profiles, metadata, ...siteOptions } = options
    this.addAllProfiles(profiles)
    if (metadata !== undefined) this.addMetadata(metadata)
    if (site !== undefined && pfn !== undefined) this.addSites(new TransformationSite(site, pfn, siteOptions))
    else if (site !== undefined || pfn !== undefined) {
      throw badValue(
        `transformation ${name}`,
        site === undefined ? 'pfn without site' : 'site without pfn',
        'both or none',
      )
    }
  }

  /** Identity `namespace::name:version`. */
  get transformationId(): string {
    return transformationId(this)
  }

  /** Adds places; one for each site. */
  addSites(...sites: readonly TransformationSite[]): this {
    for (const site of sites) {
      if (this.#sites.has(site.name)) throw duplicate(`the site of transformation ${this.name}`, site.name)
      this.#sites.set(site.name, site)
    }
    return this
  }

  /** Adds a transformation that is staged with this one. */
  addRequirement(
    required: Transformation | string,
    options: { readonly namespace?: string; readonly version?: string } = {},
  ): this {
    const id =
      required instanceof Transformation
        ? required.transformationId
        : transformationId({ ...options, name: checkIdPart('the required transformation', required) })
    if (this.#requires.has(id)) throw duplicate(`the requirement of transformation ${this.name}`, id)
    this.#requires.add(id)
    return this
  }

  /** The transformation as plain data. */
  build(): TransformationData {
    if (this.#sites.size === 0) throw badValue(`transformation ${this.name}`, 'no site', 'at least one site')
    return {
      ...(this.namespace === undefined ? {} : { namespace: this.namespace }),
      name: this.name,
      ...(this.version === undefined ? {} : { version: this.version }),
      ...(this.checksum === undefined ? {} : { checksum: this.checksum }),
      sites: [...this.#sites.values()].map((site) => site.build()),
      requires: [...this.#requires],
      profiles: this.profiles,
      hooks: this.hooks,
      metadata: this.metadata,
      extensions: [],
    }
  }
}

function checkIdPart(what: string, value: string): string {
  return checkText(what, value, /^[^:\s]+$/, 'a text without colon and blanks')
}

/** Checks a checksum given by a caller. */
export function checkChecksum(checksum: Checksum): Checksum {
  for (const type of Object.keys(checksum))
    if (type !== 'sha256') throw badValue('the checksum type', type, 'sha256')
  return { sha256: checkText('the SHA-256', checksum.sha256, /^[\da-fA-F]{64}$/, '64 hexadecimal digits') }
}
