import type { SimilarTerms } from '../../exchange/similar.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { isObject, parseJsonObject, readNumber, readString } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { SettingsStore } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Findings } from './bets.ts'
import { FalseHits } from './false-hits.ts'

/** The name under which the store keeps what audits have found. */
const FOUND = 'similar-answers'

export interface SimilarBoardParts {
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  readonly telemetry: Telemetry
}

interface StoredFindings extends Findings {
  readonly terms: string
}

interface RouteAudits {
  /** Of its terms: others begin anew. */
  readonly terms: string
  readonly audits: FalseHits
}

/**
 * What audits have found of each route, over restarts. A route whose bound is refuted gives no similar answers any more, until its terms
 * are said otherwise. No more routes are known than there may be series of a metric.
 */
export class SimilarBoard {
  readonly #parts: SimilarBoardParts
  readonly #routes = new Map<string, RouteAudits>()
  readonly #shown = new Set<string>()
  readonly #stored: ReadonlyMap<string, StoredFindings>
  #saving: Promise<void> = Promise.resolve()

  private constructor(parts: SimilarBoardParts, stored: ReadonlyMap<string, StoredFindings>) {
    this.#parts = parts
    this.#stored = stored
  }

  /** Opens the board with what an earlier life has found. */
  static async open(parts: SimilarBoardParts): Promise<SimilarBoard> {
    const written = await parts.settings.get(FOUND)
    const stored = new Map<string, StoredFindings>()
    for (const [route, entry] of Object.entries((written && parseJsonObject(written)) || {})) {
      if (!isObject(entry)) continue
      const [terms, right, wrong] = [
        readString(entry, 'terms'),
        readNumber(entry, 'right'),
        readNumber(entry, 'wrong'),
      ]
      if (terms !== undefined && right !== undefined && wrong !== undefined)
        stored.set(route, { terms, right, wrong })
    }
    return new SimilarBoard(parts, stored)
  }

  /** Undefined where there are more routes than are known. */
  of(route: string, terms: SimilarTerms): FalseHits | undefined {
    const spelled = termsText(terms)
    const known = this.#routes.get(route)
    if (known?.terms === spelled) return known.audits
    if (known === undefined && this.#routes.size >= LIMITS.metricSeries) return undefined
    const before = this.#stored.get(route)
    const audits = new FalseHits(terms.epsilon, before?.terms === spelled ? before : undefined)
    this.#routes.set(route, { terms: spelled, audits })
    this.#show(route)
    return audits
  }

  /** A hit was audited. */
  add(route: string, terms: SimilarTerms, isRight: boolean): void {
    const audits = this.of(route, terms)
    if (audits === undefined) return
    const wasOff = audits.isRefuted
    audits.add(isRight)
    if (audits.isRefuted && !wasOff)
      this.#parts.telemetry.log('error', 'similar answers of a route were turned off', {
        route,
        audits: audits.audits,
        wrong: audits.found.wrong,
        epsilon: terms.epsilon,
      })
    this.#save()
  }

  /** Begins anew: what was turned off is on again. */
  forget(route: string, terms: SimilarTerms): void {
    this.#routes.set(route, { terms: termsText(terms), audits: new FalseHits(terms.epsilon) })
    this.#show(route)
    this.#save()
  }

  /** Resolves when everything is stored. */
  close(): Promise<void> {
    return this.#saving
  }

  #show(route: string): void {
    if (this.#shown.has(route)) return
    this.#shown.add(route)
    const { telemetry } = this.#parts
    const now = (): FalseHits | undefined => this.#routes.get(route)?.audits
    telemetry.gauge('gatehouse_semantic_on', () => (now()?.isRefuted === true ? 0 : 1), { route })
    telemetry.gauge('gatehouse_semantic_false_hit_rate', () => now()?.rate ?? 0, { route, bound: 'rate' })
    telemetry.gauge('gatehouse_semantic_false_hit_rate', () => now()?.interval.low ?? 0, {
      route,
      bound: 'low',
    })
    telemetry.gauge('gatehouse_semantic_false_hit_rate', () => now()?.interval.high ?? 1, {
      route,
      bound: 'high',
    })
  }

  #save(): void {
    const { settings, telemetry } = this.#parts
    // Of routes that this life has not met as many as there may be, so that those that are gone do not pile up.
    const found = Object.fromEntries([
      ...[...this.#stored].slice(-LIMITS.metricSeries),
      ...[...this.#routes].map(([route, { terms, audits }]) => [route, { terms, ...audits.found }] as const),
    ])
    this.#saving = this.#saving
      .then(() => settings.set(FOUND, JSON.stringify(found)))
      .catch((error: unknown) =>
        telemetry.log('error', 'similar answers: not stored', { error: String(error) }),
      )
  }
}

function termsText(terms: SimilarTerms): string {
  const { embeddings, epsilon, least, judge = '' } = terms
  return sha256Hex(JSON.stringify([embeddings, epsilon, least, judge])).slice(0, 16)
}
