import type { Clock, Timer } from '../../kit/clock.ts'
import { isArray, parseJsonObject, type Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru, type Lru } from '../../kit/lru.ts'
import type { SettingsStore } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Findings } from './bets.ts'

/** The name under which the store keeps what was learned. */
const LEARNED = 'similar-trust'
/** What was learned in so many milliseconds is written together. */
const GATHER_MS = 10_000

/** What was learned of a partition: by bands of similarity, and by audits. */
export interface Learned {
  readonly bands: readonly Findings[]
  readonly audits: Findings
}

export interface KeptTrustParts {
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

interface Entry extends Learned {
  readonly key: string
}

/**
 * Keeps what was learned of partitions over restarts, so that it need not be earned anew: of those that were learned of last. What
 * was learned in the seconds before the process died is lost, and learned again.
 */
export class KeptTrust {
  readonly #parts: KeptTrustParts
  readonly #entries: Lru<string, Entry> = createLru(LIMITS.similarTrusts)
  #timer: Timer | undefined
  #saving: Promise<void> = Promise.resolve()

  private constructor(parts: KeptTrustParts) {
    this.#parts = parts
  }

  /** Opens it with what an earlier life has learned. */
  static async open(parts: KeptTrustParts): Promise<KeptTrust> {
    const kept = new KeptTrust(parts)
    const stored = await parts.settings.get(LEARNED)
    for (const [key, value] of Object.entries((stored && parseJsonObject(stored)) || {})) {
      const learned = readLearned(value)
      if (learned !== undefined) kept.#entries.set(key, { key, ...learned })
    }
    return kept
  }

  find(key: string): Learned | undefined {
    return this.#entries.get(key)
  }

  /** What was learned of partitions whose keys begin so. */
  below(prefix: string): readonly Learned[] {
    return [...this.#entries.values()].filter(({ key }) => key.startsWith(prefix))
  }

  note(key: string, learned: Learned): void {
    this.#entries.set(key, { key, ...learned })
    this.#timer ??= this.#parts.clock.after(GATHER_MS, () => this.#save())
  }

  forget(isMeant: (entry: { readonly key: string }) => boolean): void {
    for (const { key } of [...this.#entries.values()].filter(isMeant)) this.#entries.delete(key)
    this.#save()
  }

  /** Resolves when everything is stored. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#save()
    await this.#saving
  }

  #save(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const { settings, telemetry } = this.#parts
    const entries = Array.from(this.#entries.values(), ({ key, bands, audits }) => [
      key,
      [...bands, audits].map(({ right, wrong }) => [right, wrong]),
    ])
    const text = JSON.stringify(Object.fromEntries(entries))
    this.#saving = this.#saving
      .then(() => settings.set(LEARNED, text))
      .catch((error: unknown) =>
        telemetry.log('error', 'similar answers: what was learned is not stored', { error: String(error) }),
      )
  }
}

/** Pairs of right and wrong, audits last; undefined where it is anything else. */
function readLearned(value: Json | undefined): Learned | undefined {
  if (!isArray(value)) return undefined
  const found = value.flatMap((one) => readFindings(one) ?? [])
  const audits = found.at(-1)
  return audits === undefined || found.length !== value.length
    ? undefined
    : { bands: found.slice(0, -1), audits }
}

function readFindings(value: Json): Findings | undefined {
  if (!isArray(value)) return undefined
  const [right, wrong] = value
  if (!isCount(right) || !isCount(wrong)) return undefined
  return { right, wrong }
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
