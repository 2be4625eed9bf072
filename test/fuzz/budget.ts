import fc from 'fast-check'

/** How many times as long as in the suite: `GATEHOUSE_FUZZ_RUNS=100 npm test -- test/fuzz` looks a hundred times as hard. */
const TIMES = Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 1)
/** The suite always tries the same; `GATEHOUSE_FUZZ_SEED` tries something else. */
const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? 20_261_130)

/** How long a test may take that looks longer than the suite does, milliseconds. */
export const PATIENCE_MS = 120_000 * Math.max(1, TIMES)
/** Complaints of different kinds that one test tells. */
const TOLD = 12
/** Of what was tried, characters that are shown. */
const SHOWN = 1_500

/** Values of an arbitrary: so many in the suite. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns: Math.ceil(count * TIMES), seed: SEED })
}

/** As `sample`, always as many: what is damaged is no matter of how long one looks. */
export function sampleFew<T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED })
}

/** Of a list, so many spread over it: so many in the suite. */
export function spread<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(list.length / Math.ceil(count * TIMES)))
  return list.filter((_, index) => index % step === 0)
}

/** Complaints, each kind of them once, with the first thing that was tried of it. */
export class Complaints {
  readonly #kinds = new Map<string, string>()

  /** Takes a complaint, unless there is none. */
  add(wrong: string | undefined, tried: string): void {
    if (wrong === undefined || this.#kinds.size === TOLD) return
    const kind = wrong.replaceAll(/\d+|".*?"/g, '#')
    if (!this.#kinds.has(kind)) this.#kinds.set(kind, `${wrong}\n    ${tried.slice(0, SHOWN)}`)
  }

  get all(): readonly string[] {
    return [...this.#kinds.values()]
  }
}
