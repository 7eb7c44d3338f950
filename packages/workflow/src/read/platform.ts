import type { Architecture, OperatingSystem, Platform } from '../model/platform.ts'

/** Keys of the platform as the files spell them. */
export interface PlatformKeys {
  readonly arch?: Architecture | undefined
  readonly 'os.type'?: OperatingSystem | undefined
  readonly 'os.release'?: string | undefined
  readonly 'os.version'?: string | undefined
}

/** The platform of a site or transformation from the keys of the file. */
export function toPlatform(keys: PlatformKeys): Platform {
  const { arch, 'os.type': osType, 'os.release': osRelease, 'os.version': osVersion } = keys
  return {
    ...(arch === undefined ? {} : { arch }),
    ...(osType === undefined ? {} : { osType }),
    ...(osRelease === undefined ? {} : { osRelease }),
    ...(osVersion === undefined ? {} : { osVersion }),
  }
}
