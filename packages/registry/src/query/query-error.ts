import { RegistryError } from '../errors.ts'
import type { QueryPlace } from './condition.ts'

/** The error for a place in a query. */
export function queryError(
  at: QueryPlace,
  problem: string,
  detail: { readonly found?: string; readonly allowed?: string; readonly remedy?: string } = {},
): RegistryError {
  return new RegistryError('REGISTRY_BAD_QUERY', problem, {
    where: ['query', `line ${at.line}, column ${at.column}`],
    ...detail,
  })
}
