import type { Checksum } from '../model/checksum.ts'
import {
  CONTAINER_TYPES,
  type Container as ContainerData,
  type ContainerType,
} from '../model/transformation-catalog.ts'
import { type MetadataInput, WithMetadata } from './annotations.ts'
import type { ProfilesInput } from './profiles.ts'
import { checkFilled, checkText, checkWord } from './values.ts'

/** Options of a {@link Container}. */
export interface ContainerOptions {
  /** Options of the container program; they become the profile `container.arguments`. */
  readonly arguments?: string
  /** `source:destination[:ro|rw]` */
  readonly mounts?: readonly string[]
  readonly imageSite?: string
  readonly checksum?: Checksum
  readonly metadata?: MetadataInput
  readonly profiles?: ProfilesInput
  readonly bypassStaging?: boolean
}

/** A container image in which transformations run. */
export class Container extends WithMetadata {
  readonly name: string
  readonly type: ContainerType
  readonly image: string
  readonly #options: ContainerOptions

  constructor(name: string, type: ContainerType, image: string, options: ContainerOptions = {}) {
    super()
    this.name = checkFilled('the container name', name)
    this.type = checkWord('the container type', type, CONTAINER_TYPES)
    this.image = checkText(
      'the image of a container',
      image,
      /^(?:[A-Za-z][\w+.-]*:|\/|\$\{)\S+$/,
      'a URL such as docker:///image:tag',
    )
    for (const mount of options.mounts ?? []) {
      checkText('the mount', mount, /^[^:]+:[^:]+(?::[^:]+)?$/, 'source:destination[:ro|rw]')
    }
    if (options.checksum !== undefined) {
      checkText('the SHA-256', options.checksum.sha256, /^[\da-fA-F]{64}$/, '64 hexadecimal digits')
    }
    this.#options = options
    this.addAllProfiles(options.profiles)
    if (options.arguments !== undefined) this.addPegasusProfile({ containerArguments: options.arguments })
    if (options.metadata !== undefined) this.addMetadata(options.metadata)
  }

  /** The container as plain data. */
  build(): ContainerData {
    const { imageSite, mounts = [], bypassStaging, checksum } = this.#options
    return {
      name: this.name,
      type: this.type,
      image: this.image,
      ...(imageSite === undefined ? {} : { imageSite }),
      mounts,
      ...(bypassStaging === true ? { bypass: true } : {}),
      ...(checksum === undefined ? {} : { checksum }),
      profiles: this.profiles,
      metadata: this.metadata,
      extensions: [],
    }
  }
}
