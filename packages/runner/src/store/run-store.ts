import type { RunStore } from '@skyloom/registry'

/** What the engine and the reports need of the registry; the registry's own store is one, {@link MemoryStore} another. */
export type EngineStore = Pick<
  RunStore,
  | 'create'
  | 'get'
  | 'list'
  | 'acquireLease'
  | 'renewLease'
  | 'releaseLease'
  | 'commit'
  | 'events'
  | 'lastEvents'
  | 'job'
  | 'jobs'
  | 'neighbours'
  | 'attempts'
  | 'invocations'
  | 'counts'
  | 'findResults'
  | 'knownRecipes'
  | 'remove'
>
