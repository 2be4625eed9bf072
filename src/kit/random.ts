/** Source of randomness, passed in so that a seed replays a run. */
export interface Random {
  /** A float in [0, 1). */
  next(): number
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

/**
 * Creates a deterministic source from a 32-bit seed (mulberry32; good enough for simulations, useless for secrets).
 */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  }
}

/** Creates a source that a text determines: what it gives need not be kept where the text is. Its seed is made when it is first asked. */
export function randomOf(text: string): Random {
  return new SeededByText(text)
}

class SeededByText implements Random {
  readonly #text: string
  #source: Random | undefined

  constructor(text: string) {
    this.#text = text
  }

  next(): number {
    return this.#seeded.next()
  }

  bytes(length: number): Uint8Array {
    return this.#seeded.bytes(length)
  }

  get #seeded(): Random {
    return (this.#source ??= createSeededRandom(Bun.hash.xxHash32(this.#text)))
  }
}
