import { Flights } from '../caching/flights.ts'
import { KeptTrust } from '../caching/semantic/kept-trust.ts'
import { SimilarBoard } from '../caching/semantic/similar-board.ts'
import { SimilarEntries } from '../caching/semantic/similar-entries.ts'
import { LIMITS } from '../kit/limits.ts'
import type { CachingParts } from '../policies/cache/caching-parts.ts'
import { partingAnswers } from '../policies/cache/parting-answers.ts'
import type { SimilarKept } from '../policies/cache/similar-parts.ts'
import { createLayeredAnswers, type StoreOutcome } from '../store/layered-answers.ts'
import { createMemoryAnswers, type MemoryAnswers } from '../store/memory/answers.ts'
import type { AnswerSeals } from '../store/packed-answer.ts'
import type { Foundation } from './foundation.ts'

/** How answers are kept beyond the life of the process. */
export interface AnswerKeeping {
  readonly seals: AnswerSeals
  readonly diskBytes: number
  /** True while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
}

/** What is kept of answers, and what ends it. */
export interface OpenAnswers {
  readonly parts: { readonly caching: CachingParts; readonly similar: SimilarKept }
  /** Resolves when what was put, and what audits have found, is written. */
  close(): Promise<void>
}

/** Opens what gives answers again: those of the same question, and those of similar ones. */
export async function openAnswers(ground: Ground, keeping: AnswerKeeping | undefined): Promise<OpenAnswers> {
  const caching = openCaching(ground, keeping)
  const similar = await openSimilar(ground)
  return {
    parts: { caching: caching.parts, similar: similar.kept },
    async close() {
      await similar.close()
      await caching.close()
    },
  }
}

/** The cache of answers, and what ends it. */
interface OpenCaching {
  readonly parts: CachingParts
  /** Resolves when what was put is written. */
  close(): Promise<void>
}

const LINE_EVERY_MS = 60_000

type Ground = Pick<Foundation, 'clock' | 'telemetry' | 'store'>

/** Opens the cache of answers: in the memory of this process, and in the store where they are to be kept for longer. */
function openCaching(ground: Ground, keeping: AnswerKeeping | undefined): OpenCaching {
  const { clock, telemetry } = ground
  const flights = new Flights()
  telemetry.gauge('gatehouse_cache_followers', () => flights.followers)
  telemetry.gauge('gatehouse_cache_refreshing', () => flights.refreshes)
  const parts = { flights, clock, telemetry }
  if (keeping === undefined) {
    const answers = createMemoryAnswers(LIMITS.cacheBytes)
    showMemory(ground, answers)
    return { parts: { ...parts, answers: partingAnswers(answers, flights) }, async close() {} }
  }
  const answers = createLayeredAnswers({
    ...keeping,
    store: ground.store.answers,
    clock,
    mostBytes: LIMITS.cacheBytes,
    room: { bytes: keeping.diskBytes, entries: LIMITS.cacheEntries },
    told: createTell(ground),
  })
  showMemory(ground, answers.memory)
  return { parts: { ...parts, answers: partingAnswers(answers, flights) }, close: () => answers.flush() }
}

function showMemory({ telemetry }: Ground, answers: MemoryAnswers): void {
  telemetry.gauge('gatehouse_cache_entries', () => answers.size)
  telemetry.gauge('gatehouse_cache_bytes', () => answers.bytes)
}

/** Counts what came of answers at the store. What goes wrong there goes wrong for many at once, so that one line a minute tells of it. */
function createTell({ clock, telemetry }: Ground): (outcome: StoreOutcome, error?: unknown) => void {
  let nextMs = 0
  return (outcome, error) => {
    telemetry.count('gatehouse_cache_store_total', { outcome })
    if (outcome !== 'damaged' && error === undefined) return
    if (clock.elapsedMs() < nextMs) return
    nextMs = clock.elapsedMs() + LINE_EVERY_MS
    if (outcome === 'damaged')
      telemetry.log('warn', 'an answer in the store is damaged, or of another key, and was removed')
    else telemetry.log('warn', 'the store of kept answers could not be used', { outcome, error })
  }
}

/** What is known of similar questions. */
interface OpenSimilar {
  readonly kept: SimilarKept
  /** Resolves when what audits have found is stored. */
  close(): Promise<void>
}

/** Opens what is known of similar questions: the questions themselves in the memory of this process, what audits have found in the store. */
async function openSimilar({ store, clock, telemetry }: Ground): Promise<OpenSimilar> {
  const board = await SimilarBoard.open({ settings: store.settings, telemetry })
  const trusts = await KeptTrust.open({ settings: store.settings, clock, telemetry })
  const entries = new SimilarEntries(trusts, (reason) =>
    telemetry.log('error', 'the index of similar questions was lost and begins anew', { reason }),
  )
  telemetry.gauge('gatehouse_semantic_entries', () => entries.size)
  return {
    kept: { board, entries, running: { count: 0 } },
    async close() {
      entries.close()
      await board.close()
      await trusts.close()
    },
  }
}
