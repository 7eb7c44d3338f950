/** An abort signal that Ctrl-C raises. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives Ctrl-C back to the system. */
  release(): void
}

/**
 * Turns SIGINT and SIGTERM into an orderly stop; the second SIGINT ends the process at once.
 *
 * @param source `process`
 */
export function interruptSignal(source: NodeJS.Process, output: { write(text: string): unknown }): Interrupt {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) source.exit(130)
    output.write('\nstopping (again: at once) ...\n')
    controller.abort()
  }
  source.on('SIGINT', stop)
  source.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release() {
      source.off('SIGINT', stop)
      source.off('SIGTERM', stop)
    },
  }
}
