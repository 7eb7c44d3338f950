/** A lock that is given in the order of asking. */
export class FairLock {
  #last: Promise<void> = Promise.resolve()

  /** Waits for the lock. @returns the function that gives it back */
  async take(): Promise<() => void> {
    const before = this.#last
    let release = (): void => undefined
    this.#last = new Promise((resolve) => {
      release = resolve
    })
    await before
    return release
  }
}
