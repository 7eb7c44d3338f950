/** Cores and memory of this machine, given out in order of asking. */
export class CoreSlots {
  #cores: number
  #memoryMb: number
  readonly #all: { readonly cores: number; readonly memoryMb: number }
  #users = 0
  readonly #waiting: { readonly cores: number; readonly memoryMb: number; readonly take: () => void }[] = []

  constructor(cores: number, memoryMb: number) {
    this.#cores = cores
    this.#memoryMb = memoryMb
    this.#all = { cores, memoryMb }
  }

  /** Waits for cores and memory; the answer gives them back. Who asks for more than there is gets it alone. */
  async take(cores: number, memoryMb: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(cores, memoryMb)) {
      await new Promise<void>((resolve) => this.#waiting.push({ cores, memoryMb, take: resolve }))
    } else this.#give(cores, memoryMb)
    return () => this.#back(cores, memoryMb)
  }

  #fits(cores: number, memoryMb: number): boolean {
    return this.#users === 0 || (cores <= this.#cores && memoryMb <= this.#memoryMb)
  }

  #give(cores: number, memoryMb: number): void {
    this.#users++
    this.#cores -= cores
    this.#memoryMb -= memoryMb
  }

  #back(cores: number, memoryMb: number): void {
    this.#users--
    this.#cores = this.#users === 0 ? this.#all.cores : this.#cores + cores
    this.#memoryMb = this.#users === 0 ? this.#all.memoryMb : this.#memoryMb + memoryMb
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#fits(next.cores, next.memoryMb)) return
      this.#waiting.shift()
      this.#give(next.cores, next.memoryMb)
      next.take()
    }
  }
}
