/** Moments at which a hook can run. */
export const HOOK_EVENTS = ['never', 'start', 'error', 'success', 'end', 'all'] as const

/** Moment at which a hook runs. */
export type HookEvent = (typeof HOOK_EVENTS)[number]

/** A command that runs on the submit host at an event of a job or of the workflow. */
export interface ShellHook {
  readonly on: HookEvent
  readonly command: string
}
