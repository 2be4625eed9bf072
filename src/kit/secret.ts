const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * A value that must never be printed. Every way of turning it into text says `[secret]`;
 * only `reveal` gives it away, so a search for `.reveal(` finds every place that uses one.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one header or digest that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [INSPECT](): string {
    return '[secret]'
  }
}
