import type { Cap } from '../exchange/cap.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { Gate, type CallOutcome, type Waiter } from './gate.ts'

/** Somebody who wants to go through all gates of a target. */
export interface Comer {
  readonly caps: readonly Cap[]
  /** Who takes turns with others. */
  readonly party: string
  /** Until when he may wait, in milliseconds from now. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** Somebody went through: at which gate, after which wait, and how long the line was there. */
export interface Entry {
  /** Absent: nobody was in the way. */
  readonly waited?: Wait
  leave(outcome: CallOutcome): void
}

/** A wait at a gate. */
export interface Wait {
  readonly gate: string
  /** How many waited there, he included, when he came. */
  readonly position: number
  readonly waitedMs: number
}

/** Thrown to whoever finds no room: at which gate, and after which wait. */
export class NoRoom extends Error {
  readonly gate: string
  readonly limit: number
  readonly waited: Wait | undefined

  constructor({ name, limit }: Cap, waited?: Wait) {
    super(`no room at ${name}`)
    this.gate = name
    this.limit = limit
    this.waited = waited
  }
}

/** Thrown to whoever left the line. */
export class HasLeft extends Error {}

/** How it stands at a gate. */
export interface GateEntry {
  readonly name: string
  /** How many may be under way now. */
  readonly limit: number
  readonly inUse: number
  readonly waiting: number
}

/** The gates of all targets and providers that have a cap. They outlive plans, so that a reload forgets nobody who is under way. */
export class Gates {
  readonly #clock: Clock
  readonly #gates = new Map<string, Gate>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Lets somebody through all of his gates at once, or has him wait at the one that is full, where that has a line. Who waits holds
   * none of the others. Throws or rejects with `NoRoom`, and with `HasLeft` where his signal was aborted.
   */
  enter(comer: Comer): Entry | Promise<Entry> {
    const full = this.#take(comer.caps)
    if (full === undefined) return this.#entryOf(comer.caps)
    const { queue } = full.cap
    if (queue === undefined || comer.patienceMs <= 0) throw new NoRoom(full.cap)
    if (comer.signal.aborted) throw new HasLeft()
    return this.#waitAt(full, comer, Math.min(queue.waitMs, comer.patienceMs))
  }

  /** Sizes for the gauges. */
  sizes(): { readonly inUse: number; readonly waiting: number } {
    let inUse = 0
    let waiting = 0
    for (const gate of this.#gates.values()) {
      inUse += gate.inUse
      waiting += gate.waiting
    }
    return { inUse, waiting }
  }

  /** The gates that somebody has gone through or waits at, and those that have learned a limit. */
  entries(): readonly GateEntry[] {
    return [...this.#gates.values()].map(({ cap: { name }, limit, inUse, waiting }) => ({
      name,
      limit,
      inUse,
      waiting,
    }))
  }

  /** Goes through all gates; gives the first that is full, and has gone through none then. */
  #take(caps: readonly Cap[]): Gate | undefined {
    const gates = caps.map((cap) => this.#gateOf(cap))
    const full = gates.find((gate) => !gate.hasRoom)
    if (full === undefined) for (const gate of gates) gate.enter()
    return full
  }

  #gateOf(cap: Cap): Gate {
    const known = this.#gates.get(cap.name)
    known?.follow(cap)
    if (known !== undefined) return known
    const gate = new Gate(cap)
    this.#gates.set(cap.name, gate)
    return gate
  }

  #entryOf(caps: readonly Cap[], waited?: Wait): Entry {
    const enteredAtMs = this.#clock.elapsedMs()
    return {
      ...defined({ waited }),
      leave: (outcome) => {
        for (const { name } of caps) this.#leave(name, outcome, enteredAtMs)
      },
    }
  }

  #leave(name: string, outcome: CallOutcome, enteredAtMs: number): void {
    const gate = this.#gates.get(name)
    if (gate === undefined) return
    gate.leave(outcome, enteredAtMs, this.#clock.elapsedMs())
    if (gate.isIdle) this.#gates.delete(name)
  }

  #waitAt(gate: Gate, comer: Comer, waitMs: number): Promise<Entry> {
    const clock = this.#clock
    const take = (): Gate | undefined => this.#take(comer.caps)
    return new Line({ comer, clock, take }, gate)
      .stand(waitMs)
      .then((waited) => this.#entryOf(comer.caps, waited))
  }
}

/** What somebody waits with. */
interface LineParts {
  readonly comer: Comer
  readonly clock: Clock
  /** Goes through all gates, or gives the first that is full. */
  readonly take: () => Gate | undefined
}

/** One who waits, until he has gone through all gates, is sent away, or leaves. */
class Line implements Waiter {
  readonly party: string
  readonly #parts: LineParts
  readonly #first: string
  readonly #position: number
  readonly #sinceMs: number
  readonly #over = Promise.withResolvers<Wait>()
  #gate: Gate

  constructor(parts: LineParts, gate: Gate) {
    this.#parts = parts
    this.party = parts.comer.party
    this.#gate = gate
    this.#first = gate.cap.name
    this.#position = gate.waiting + 1
    this.#sinceMs = parts.clock.elapsedMs()
  }

  async stand(waitMs: number): Promise<Wait> {
    const { clock, comer } = this.#parts
    const leave = (): void => {
      this.#gate.giveUp(this)
      this.#over.reject(new HasLeft())
    }
    const timer = clock.after(waitMs, () => {
      this.#gate.giveUp(this)
      this.refuse()
    })
    comer.signal.addEventListener('abort', leave)
    this.#gate.wait(this)
    try {
      return await this.#over.promise
    } finally {
      timer.cancel()
      comer.signal.removeEventListener('abort', leave)
    }
  }

  retry(): void {
    const full = this.#parts.take()
    if (full === undefined) return this.#over.resolve(this.#waited())
    this.#gate = full
    full.wait(this)
  }

  refuse(): void {
    this.#over.reject(new NoRoom(this.#gate.cap, this.#waited()))
  }

  #waited(): Wait {
    const waitedMs = Math.round(this.#parts.clock.elapsedMs() - this.#sinceMs)
    return { gate: this.#first, position: this.#position, waitedMs }
  }
}
