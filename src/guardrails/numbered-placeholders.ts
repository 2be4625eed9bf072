import type { CreatePlaceholders, MaskedValue, Placeholders } from '../exchange/guard.ts'

/** Makes placeholders such as `<EMAIL_1>`, numbered as values come. */
export const createNumberedPlaceholders: CreatePlaceholders = ({ holds }) => new NumberedPlaceholders(holds)

class NumberedPlaceholders implements Placeholders {
  readonly restorable = new Map<string, string>()
  readonly #holds: (text: string) => boolean
  readonly #given = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(holds: (text: string) => boolean) {
    this.#holds = holds
  }

  put({ value, detector, restore }: MaskedValue): string {
    const placeholder = this.#given.get(value) ?? this.#next(detector)
    this.#given.set(value, placeholder)
    if (restore) this.restorable.set(placeholder, value)
    return placeholder
  }

  #next(detector: string): string {
    for (;;) {
      const count = (this.#counts.get(detector) ?? 0) + 1
      this.#counts.set(detector, count)
      const placeholder = `<${detector.toUpperCase().replaceAll('-', '_')}_${count}>`
      if (!this.#holds(placeholder)) return placeholder
    }
  }
}
