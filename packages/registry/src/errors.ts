import { SkyloomError } from '@skyloom/base'

/** Codes of errors that `registry` raises. */
export type RegistryErrorCode =
  | 'REGISTRY_BAD_OPTION'
  | 'REGISTRY_BAD_QUERY'
  | 'REGISTRY_BAD_VALUE'
  | 'REGISTRY_BAD_DEFINITION'
  | 'REGISTRY_NOT_FOUND'
  | 'REGISTRY_EXISTS'
  | 'REGISTRY_CONFLICT'
  | 'REGISTRY_STALE_TOKEN'
  | 'REGISTRY_HELD'
  | 'REGISTRY_BUSY'
  | 'REGISTRY_DISK_FULL'
  | 'REGISTRY_READ_ONLY'
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_DAMAGED'
  | 'REGISTRY_NEWER_VERSION'
  | 'REGISTRY_OLDER_VERSION'
  | 'REGISTRY_CLOSED'
  | 'REGISTRY_SQL_FAILED'

/** Errors of the registry. */
export class RegistryError extends SkyloomError<RegistryErrorCode> {
  override readonly name = 'RegistryError'
}
