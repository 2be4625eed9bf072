import type { ResponseEvent } from '../exchange/event.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { Notice } from '../exchange/notice.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { NanoUsd } from '../kit/money.ts'
import { Follower } from './follower.ts'
import { Lead, type LeadsFlight } from './lead.ts'
import { SaidSoFar } from './said-so-far.ts'

/** Who is told what becomes of a call. Called at most once each, but for `onLeft`, which may never be. */
export interface FlightKeeper {
  /** Nobody can join any more: it is over, or its answer is too long to be told from the beginning. */
  onClosed(): void
  /**
   * It is over, and the last of it not yet handed on.
   *
   * @param said all of it, where it came to an end and could be taken down
   */
  onOver(said: readonly ResponseEvent[] | undefined): void
  /** Who led has left, and others go on with it. */
  onLeft(): void
  /** Everybody has left before it was answered. */
  onAlone(reason: Failure): void
}

/** What those who follow are told of a call that is answered. */
export interface FlightHead {
  /** Name of the model that answers. */
  readonly model: string
  /** What was changed or dropped on the way to it and back, as far as that is known. */
  readonly notices: () => readonly Notice[]
  /** What it cost, once it is over; 0 where that is not known, or was invented. */
  readonly cost: () => NanoUsd
}

/**
 * One call that several read: who leads it, with the provider's own bytes, and whoever has joined since, from the record of what was said.
 * Whoever is first to want more fetches it. Nobody is slowed by a follower: what he has not read yet stands in the record, and one who falls
 * behind by more than that may hold fails with `client-too-slow`. What the leader has not taken waits for him, up to the same bound; beyond it all wait.
 * When he leaves, the others go on; when the last has left, the call is stopped.
 */
export class Flight implements LeadsFlight {
  readonly lead = new Lead(this)
  /** Set once it is answered. */
  head: FlightHead | undefined
  /** By what it came to none, or broke. */
  failure: Failure | undefined
  readonly #keeper: FlightKeeper
  readonly #mostBytes: number
  readonly #record = new SaidSoFar()
  readonly #followers = new Set<Follower<FlightHead>>()
  /** Followers who wait for more. */
  #hungry = 0
  #source: ChunkSource | undefined
  #isPulling = false
  #isClosed = false
  #isOver = false
  /** False where all of it cannot be kept, whoever has read it. */
  #isWhole = true
  #defect: Error | undefined

  /** @param mostBytes how much is held for those who read, in characters of text */
  constructor(keeper: FlightKeeper, mostBytes: number) {
    this.#keeper = keeper
    this.#mostBytes = mostBytes
  }

  get followers(): number {
    return this.#followers.size
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Can it no more be told from the beginning? Whoever waits for all of it has to read along. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @param isPatient reads nothing before the end, where that may be */
  join(isPatient: boolean): Follower<FlightHead> {
    const follower = new Follower<FlightHead>(this, this.#record, isPatient)
    this.#followers.add(follower)
    return follower
  }

  /** The call is answered. */
  answer(head: FlightHead, source: ChunkSource): void {
    if (this.#isOver) {
      source.cancel(this.failure ?? new Failure('client-gone'))
      return
    }
    this.head = head
    this.#source = source
    this.#wake()
    this.pump()
  }

  /** The call has failed before anything was said. */
  fail(failure: Failure): void {
    if (!this.#isOver) this.#finish(failure)
  }

  /** Fetches more, as long as somebody waits who is not kept from it by what the leader has left standing. */
  pump(): void {
    while (this.#source !== undefined && !this.#isOver && !this.#isPulling && this.#isWanted()) {
      const coming = this.#pull(this.#source)
      if (coming instanceof Promise) {
        this.#isPulling = true
        void this.#takeLater(coming)
        return
      }
      this.#take(coming)
    }
  }

  #isWanted(): boolean {
    return this.lead.isWaiting || (this.#hungry > 0 && this.lead.hasRoom(this.#mostBytes))
  }

  #pull(source: ChunkSource): MaybePromise<ResponseChunk | undefined> {
    try {
      return source.next()
    } catch (thrown) {
      return Promise.reject(toFailure(thrown))
    }
  }

  async #takeLater(coming: Promise<ResponseChunk | undefined>): Promise<void> {
    try {
      const chunk = await coming
      this.#isPulling = false
      this.#take(chunk)
    } catch (thrown) {
      this.#isPulling = false
      this.#defect = thrown instanceof Error ? thrown : toFailure(thrown)
      this.#break(toFailure(thrown))
    }
    this.pump()
  }

  /** The defect of the house by which it broke, for whoever led. */
  get defect(): Error | undefined {
    return this.#defect
  }

  #take(chunk: ResponseChunk | undefined): void {
    if (this.#isOver) return
    if (chunk === undefined) return this.#break(new Failure('stream-truncated'))
    // What is told behind an answer that broke off is no answer to be given again.
    if (chunk.seam !== undefined) this.#isWhole = false
    for (const event of chunk.events) this.#say(event)
    this.lead.give(chunk)
    const last = chunk.events.at(-1)
    if (last?.type === 'failure') this.#finish(last.failure)
    else if (last?.type === 'end') this.#finish()
    else {
      this.#heedBound()
      this.#wake()
    }
  }

  #say(event: ResponseEvent): void {
    if (this.#isClosed && this.#followers.size === 0) return
    this.#record.push(event)
    if (this.#record.isTellable) return
    this.#close()
    const failure = new Failure('internal', { cause: 'what others read along has passed unread' })
    for (const follower of this.#followers) follower.giveUp(failure)
  }

  /** It broke without a word about it. */
  #break(failure: Failure): void {
    if (this.#isOver) return
    this.#record.push({ type: 'failure', failure })
    this.#finish(failure)
  }

  #finish(failure?: Failure): void {
    this.#isOver = true
    if (failure !== undefined) this.failure = failure
    const isWhole = failure === undefined && this.#isWhole && !this.#isClosed
    const fits = this.#record.bytes <= this.#mostBytes
    this.#close()
    this.#keeper.onOver(isWhole && fits ? this.#record.whole() : undefined)
    this.#wake()
    this.lead.wake()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#keeper.onClosed()
  }

  /** Holds no more than may be held: of an answer that is too long only what somebody has still to read. */
  #heedBound(): void {
    if (!this.#isClosed && this.#record.bytes <= this.#mostBytes) return
    this.#close()
    for (;;) {
      const [slowest, ...others] = this.#slowest()
      if (slowest === undefined) return this.#record.clear()
      this.#record.forgetBefore(slowest.place)
      if (this.#record.bytesBehind(slowest.place) <= this.#mostBytes) return
      for (const follower of [slowest, ...others]) follower.giveUp(new Failure('client-too-slow'))
    }
  }

  /** Who of those that read along have read least. */
  #slowest(): readonly Follower<FlightHead>[] {
    let least = Number.POSITIVE_INFINITY
    for (const { place } of this.#followers) least = Math.min(least, place.index)
    return [...this.#followers].filter(({ place }) => place.index === least)
  }

  #wake(): void {
    for (const follower of this.#followers) follower.wake()
    this.lead.wake()
  }

  /** A follower waits for more, or does no longer. */
  wants(isHungry: boolean): void {
    this.#hungry += isHungry ? 1 : -1
    if (isHungry) this.pump()
  }

  /** The leader has left. */
  onLeadGone(reason: Failure): void {
    if (this.#isOver) return
    if (this.#followers.size > 0) {
      this.#keeper.onLeft()
      this.pump()
    } else this.#stop(reason)
  }

  /** A follower has left, or has read all of it. */
  leave(follower: Follower<FlightHead>, reason?: Failure): void {
    const wasThere = this.#followers.delete(follower)
    if (!wasThere || this.#isOver || !this.lead.isGone || this.#followers.size > 0) return
    this.#stop(reason ?? new Failure('client-gone'))
  }

  /** Nobody reads it any more. */
  #stop(reason: Failure): void {
    const source = this.#source
    if (source === undefined) {
      this.#close()
      this.#keeper.onAlone(reason)
      return
    }
    source.cancel(reason)
    this.#finish(reason)
  }
}
