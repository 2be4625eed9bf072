import { LIMITS } from '../../kit/limits.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { createLru, type Lru } from '../../kit/lru.ts'
import type { Findings } from './bets.ts'
import { FalseHits } from './false-hits.ts'
import type { KeptTrust } from './kept-trust.ts'
import { guardAgainst, type GuardName } from './guards.ts'
import { createIndexThread, type IndexEvents, type SimilarityIndex } from './index-thread.ts'
import type { QuestionReading } from './read-question.ts'
import type { SimilarPlace } from './similar-places.ts'
import { NO_ENTRY_TRUST, SimilarityTrust, tighten, type EntryTrust } from './threshold.ts'

/** A question whose answer is kept. */
export interface SimilarEntry {
  readonly id: number
  readonly reading: QuestionReading
  /** The key under which its answer is kept. */
  readonly answerKey: string
  trust: EntryTrust
}

/** Questions that may be compared with each other, and how far their similarity is to be trusted. */
export interface SimilarPartition {
  /** Of what may be compared, and of the terms by which it is learned. */
  readonly key: string
  readonly trust: SimilarityTrust
  readonly audits: FalseHits
  readonly entries: Map<number, SimilarEntry>
  /** Their ids by the keys of their answers. */
  readonly ids: Map<string, number>
  isOff: boolean
}

/** What answers were, that were given or would have been, and whether that is enough to give any. */
export interface LearnedOfPlace extends Findings {
  readonly isEarned: boolean
}

/** The nearest question that nothing stands against, or what stands against the nearest of all. */
export type Nearest =
  | { readonly entry: SimilarEntry; readonly similarity: number }
  | { readonly against: GuardName; readonly similarity: number }

/** So many of the nearest are looked at: guards refuse most. */
const LOOKED_AT = 8

/**
 * The questions whose answers are kept, by partition, in memory; vectors lie with the index, answers with the cache. What was not used for
 * longest makes room, partitions first.
 */
export class SimilarEntries {
  readonly #index: SimilarityIndex
  readonly #trusts: KeptTrust
  readonly #partitions: Lru<string, SimilarPartition>
  #size = 0
  #id = 0

  /** @param createIndex where vectors are; a thread unless a test says otherwise */
  constructor(
    trusts: KeptTrust,
    onLost: (reason: string) => void,
    createIndex: (events: IndexEvents) => SimilarityIndex = createIndexThread,
  ) {
    this.#trusts = trusts
    this.#partitions = createLru(LIMITS.similarPartitions, (partition) => this.clear(partition))
    this.#index = createIndex({
      onFull: (key, id) => this.#forget(this.#partitions.get(key), id),
      onLost: (reason) => {
        this.#partitions.clear()
        this.#size = 0
        onLost(reason)
      },
    })
  }

  get size(): number {
    return this.#size
  }

  /** The partition of questions that may be compared, with what was learned of it on these terms. */
  partition(compared: string, { id, terms }: SimilarPlace): SimilarPartition {
    const { epsilon, least, judge = '' } = terms
    const key = `${id} ${sha256Hex([compared, epsilon, least, judge].join('\n')).slice(0, 32)}`
    const known = this.#partitions.get(key)
    if (known !== undefined) return known
    const before = this.#trusts.find(key)
    const audits = new FalseHits(epsilon, before?.audits)
    const created = {
      key,
      trust: new SimilarityTrust(epsilon, least, before?.bands),
      audits,
      entries: new Map(),
      ids: new Map(),
      isOff: audits.isRefuted,
    }
    this.#partitions.set(key, created)
    return created
  }

  /** Remembers a question whose answer is kept. */
  add(
    partition: SimilarPartition,
    question: Pick<SimilarEntry, 'reading' | 'answerKey'>,
    vector: Float32Array,
  ): void {
    // One that made room while its model was asked is not filled again.
    if (this.#partitions.get(partition.key) !== partition || partition.isOff) return
    if (partition.ids.has(question.answerKey)) return
    if (partition.entries.size >= LIMITS.similarPartitionEntries) this.#dropOldest(partition)
    if (this.#size >= LIMITS.similarEntries) this.#makeRoom(partition)
    this.#id += 1
    partition.entries.set(this.#id, { ...question, id: this.#id, trust: NO_ENTRY_TRUST })
    partition.ids.set(question.answerKey, this.#id)
    this.#size += 1
    this.#index.put(partition.key, this.#id, vector)
  }

  /** The nearest question that nothing stands against. */
  async nearest(
    partition: SimilarPartition,
    asked: { readonly vector: Float32Array; readonly reading: QuestionReading; readonly least: number },
  ): Promise<Nearest | undefined> {
    const found = await this.#index.find(partition.key, asked.vector, LOOKED_AT)
    let refused: Nearest | undefined
    for (const { id, similarity } of found) {
      const entry = partition.entries.get(id)
      if (entry === undefined || similarity < asked.least) continue
      const against = guardAgainst(asked.reading, entry.reading)
      if (against === undefined) return { entry, similarity }
      refused ??= { against, similarity }
    }
    return refused
  }

  /** Its answer was given: others make room before it. */
  renew({ entries }: SimilarPartition, entry: SimilarEntry): void {
    if (entries.delete(entry.id)) entries.set(entry.id, entry)
  }

  /** An answer that was given (`of` an audit), or would have been, was held against what the model says. */
  learn(
    { trust, audits, key }: SimilarPartition,
    found: { readonly of: 'audit' | 'explore'; readonly similarity: number; readonly isRight: boolean },
  ): void {
    trust.learn(found.similarity, found.isRight)
    if (found.of === 'audit') audits.add(found.isRight)
    this.#trusts.note(key, { bands: trust.found, audits: audits.found })
  }

  /** Its answer was another one than the model's: it is met less readily, or not any more. */
  tighten(partition: SimilarPartition, entry: SimilarEntry, similarity: number): void {
    const trust = tighten(entry.trust, similarity)
    if (trust === undefined) this.evict(partition, entry)
    else entry.trust = trust
  }

  /** How far it is learned of a route: in all its partitions together, and whether the answers of any of them may be given. */
  learned({ id, terms }: SimilarPlace): LearnedOfPlace {
    const learned = this.#trusts.below(`${id} `)
    const bands = learned.flatMap((one) => one.bands)
    const isEarned = learned.some(
      (one) => new SimilarityTrust(terms.epsilon, terms.least, one.bands).isEarned,
    )
    return {
      isEarned,
      right: bands.reduce((sum, { right }) => sum + right, 0),
      wrong: bands.reduce((sum, { wrong }) => sum + wrong, 0),
    }
  }

  evict(partition: SimilarPartition, { id }: SimilarEntry): void {
    this.#forget(partition, id)
    this.#index.remove(partition.key, id)
  }

  /** Forgets the questions of a partition, and not what was learned of it. */
  clear(partition: SimilarPartition): void {
    for (const entry of partition.entries.values()) this.evict(partition, entry)
  }

  /** Forgets all partitions of a route, and what was learned of them. */
  forget(place: string): void {
    const isOfPlace = ({ key }: { readonly key: string }): boolean => key.startsWith(`${place} `)
    for (const partition of [...this.#partitions.values()].filter(isOfPlace)) {
      this.clear(partition)
      this.#partitions.delete(partition.key)
    }
    this.#trusts.forget(isOfPlace)
  }

  close(): void {
    this.#index.close()
  }

  #forget(partition: SimilarPartition | undefined, id: number): void {
    const entry = partition?.entries.get(id)
    if (partition === undefined || entry === undefined) return
    partition.entries.delete(id)
    partition.ids.delete(entry.answerKey)
    this.#size -= 1
  }

  #dropOldest(partition: SimilarPartition): void {
    const [oldest] = partition.entries.values()
    if (oldest !== undefined) this.evict(partition, oldest)
  }

  /** Of the partition that was not used for longest. */
  #makeRoom(own: SimilarPartition): void {
    for (const partition of this.#partitions.values()) {
      if (partition === own || partition.entries.size === 0) continue
      return this.#dropOldest(partition)
    }
    this.#dropOldest(own)
  }
}
