import type { Failure } from '../exchange/failure.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'

/** What something would cost, in nano-USD; undefined where there is no price. Invented money is never added to the real. */
export interface Charge {
  readonly nanoUsd: number | undefined
  readonly simulated: boolean
}

/** Money as it was charged, and as it would have been, of one kind. */
export interface Spend {
  recorded: number
  expected: number
}

/** A kind of what was found, with a request that is of it. */
interface Kind {
  requests: number
  readonly example: string
}

/** Requests that another target would have been asked for. */
export interface Move extends Kind {
  readonly from: string
  readonly to: string
  readonly real: Spend
  readonly simulated: Spend
  /** Without a price at the new target. */
  unpriced: number
  /** Mean milliseconds until answers begin; undefined where too few were seen. */
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
}

/** Requests that nobody would have been asked for, for one reason. */
export interface Unroutable extends Kind {
  readonly code: string
  /** What the client of the example would have been told. */
  readonly message: string
}

/** Requests that the draft leads to, or may lead to, where a constraint that holds now forbids it. */
export interface Breach extends Kind {
  readonly by: string
  readonly text: string
  readonly target: string
}

/** Requests of which it cannot be said where the draft leads. */
export interface Unknown extends Kind {
  /** The fact that was not recorded. */
  readonly what: string
}

/** A request that would be sent elsewhere. */
export interface Moved {
  readonly row: RequestRow
  readonly from: string
  readonly to: string
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly charge: Charge
}

/** Counts what became of the requests of the log. */
export class WhatIfTally {
  requests = 0
  /** Asked by the house itself, and without a choice in their record. */
  readonly skipped = { asked: 0, undecided: 0 }
  unchanged = 0
  moved = 0
  unpriced = 0
  /** Nobody was asked for them, and somebody would be. */
  routable = 0
  readonly real: Spend = { recorded: 0, expected: 0 }
  readonly simulated: Spend = { recorded: 0, expected: 0 }
  firstAtMs: number | undefined
  lastAtMs: number | undefined
  readonly #moves = new Kinds<Move>()
  readonly #unroutable = new Kinds<Unroutable>()
  readonly #breaches = new Kinds<Breach>()
  readonly #unknown = new Kinds<Unknown>()

  get moves(): readonly Move[] {
    return this.#moves.all
  }

  get unroutable(): readonly Unroutable[] {
    return this.#unroutable.all
  }

  get breaches(): readonly Breach[] {
    return this.#breaches.all
  }

  get unknown(): readonly Unknown[] {
    return this.#unknown.all
  }

  see({ atMs }: RequestRow): void {
    this.requests += 1
    this.firstAtMs = Math.min(this.firstAtMs ?? atMs, atMs)
    this.lastAtMs = Math.max(this.lastAtMs ?? atMs, atMs)
  }

  skip(why: 'asked' | 'undecided'): void {
    this.skipped[why] += 1
  }

  addUnchanged(row: RequestRow): void {
    this.unchanged += 1
    const spend = row.simulated ? this.simulated : this.real
    const cost = costOf(row)
    spend.recorded += cost
    spend.expected += cost
  }

  addMove({ row, charge, from, to, ...times }: Moved): void {
    this.moved += 1
    const move = this.#moves.at(`${from}\n${to}`, (isRest) => ({
      requests: 0,
      example: row.id,
      ...(isRest ? { from: REST, to: REST, fromMs: undefined, toMs: undefined } : { from, to, ...times }),
      real: { recorded: 0, expected: 0 },
      simulated: { recorded: 0, expected: 0 },
      unpriced: 0,
    }))
    move.requests += 1
    if (charge.nanoUsd === undefined) {
      move.unpriced += 1
      this.unpriced += 1
      return
    }
    for (const { real, simulated } of [move, this]) {
      const [was, willBe] = [row.simulated ? simulated : real, charge.simulated ? simulated : real]
      was.recorded += costOf(row)
      willBe.expected += charge.nanoUsd
    }
  }

  addRoutable(row: RequestRow, charge: Charge): void {
    this.routable += 1
    if (charge.nanoUsd === undefined) this.unpriced += 1
    const spend = charge.simulated ? this.simulated : this.real
    spend.recorded += costOf(row)
    spend.expected += charge.nanoUsd ?? 0
  }

  addUnroutable(row: RequestRow, { code, message }: Failure): void {
    const found = this.#unroutable.at(code, (isRest) => ({
      requests: 0,
      example: row.id,
      code: isRest ? REST : code,
      message,
    }))
    found.requests += 1
    const spend = row.simulated ? this.simulated : this.real
    spend.recorded += costOf(row)
  }

  addBreach(id: string, { by, text, target }: Pick<Breach, 'by' | 'text' | 'target'>): void {
    this.#breaches.at(`${by}\n${text}\n${target}`, (isRest) => ({
      requests: 0,
      example: id,
      ...(isRest ? { by: REST, text: REST, target: REST } : { by, text, target }),
    })).requests += 1
  }

  addUnknown(what: string, id: string): void {
    this.#unknown.at(what, (isRest) => ({
      requests: 0,
      example: id,
      what: isRest ? REST : what,
    })).requests += 1
  }
}

/** What stands for everything beyond the bound. */
const REST = '(others)'

/** What has no price costs what is not known; it is told apart where it would be so under the draft. */
function costOf({ costNanoUsd = 0n }: RequestRow): number {
  return Number(costNanoUsd)
}

/** Kinds of what was found, the rest of which is counted together. */
class Kinds<K extends Kind> {
  readonly #kinds = new Map<string, K>()

  /** Those with the most requests first. */
  get all(): readonly K[] {
    return [...this.#kinds.values()].toSorted((left, right) => right.requests - left.requests)
  }

  at(key: string, begin: (isRest: boolean) => K): K {
    const isRest = this.#kinds.size >= LIMITS.whatIfKinds && !this.#kinds.has(key)
    const kept = isRest ? REST : key
    let kind = this.#kinds.get(kept)
    if (kind === undefined) {
      kind = begin(isRest)
      this.#kinds.set(kept, kind)
    }
    return kind
  }
}
