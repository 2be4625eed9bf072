import type { HealthView } from '../../exchange/health-view.ts'
import type { RoomView } from '../../exchange/load-view.ts'
import { incidentDomainOf, type Credential } from '../../exchange/target.ts'
import type { Random } from '../../kit/random.ts'
import type { Candidate } from '../../routing/choice.ts'
import { pickCredential } from '../../routing/pick-credential.ts'
import type { Runner } from './runner.ts'

/** Somebody who can be asked now, and with which credential. */
export interface Contender {
  readonly candidate: Candidate
  readonly credential: Credential
}

/** What credentials are picked with. */
export interface LineupParts {
  readonly health: HealthView
  readonly load: RoomView
  readonly random: Random
}

/** Who may be asked, in the order of trying, and whose turn has not come. */
export class Lineup {
  readonly #parts: LineupParts
  readonly #caller: { readonly id: string; readonly tokens: number }
  #candidates: readonly Candidate[]
  /** The first whose turn has not come. */
  #position = 0

  /** @param caller who asks, and how many tokens about */
  constructor(
    parts: LineupParts,
    caller: { readonly id: string; readonly tokens: number },
    candidates: readonly Candidate[],
  ) {
    this.#parts = parts
    this.#caller = caller
    this.#candidates = candidates
  }

  /** How many were not asked. */
  get left(): number {
    return this.#candidates.length - this.#position
  }

  /** The next that has a credential; those before it have had their turn. Its own has come when it is begun. */
  next(): Contender | undefined {
    for (; this.#position < this.#candidates.length; this.#position += 1) {
      const contender = this.#contender(this.#position)
      if (contender !== undefined) return contender
    }
    return undefined
  }

  /**
   * The next that has a credential and shares no incident with those that run: what makes one slow makes the other slow as well.
   * Those before it keep their turn.
   */
  nextApart(running: readonly Runner[]): Contender | undefined {
    const taken = new Set(running.map(({ attempt }) => incidentDomainOf(attempt.target)))
    for (let at = this.#position; at < this.#candidates.length; at += 1) {
      const candidate = this.#candidates[at]
      if (candidate === undefined || taken.has(incidentDomainOf(candidate.target))) continue
      const contender = this.#contender(at)
      if (contender === undefined) continue
      this.#bringForward(at)
      return contender
    }
    return undefined
  }

  /** Puts others, or the same in another order, in the place of those whose turn has not come. */
  rearrange(change: (rest: readonly Candidate[], asked: readonly Candidate[]) => readonly Candidate[]): void {
    const asked = this.#candidates.slice(0, this.#position)
    this.#candidates = [...asked, ...change(this.#candidates.slice(this.#position), asked)]
  }

  /** Somebody whose turn it is was begun. */
  advance(): void {
    this.#position += 1
  }

  /** Nobody with this model is asked any more: it would say much the same elsewhere. */
  passOver(model: string): void {
    const asked = this.#candidates.slice(0, this.#position)
    const rest = this.#candidates.slice(this.#position)
    this.#candidates = [...asked, ...rest.filter(({ target }) => target.model !== model)]
  }

  /** A credential of a target; undefined where none could be tried now. */
  credentialOf({ target, lastResort }: Candidate, spent: readonly string[]): Credential | undefined {
    const { health, load: rooms, random } = this.#parts
    const { id: caller, tokens } = this.#caller
    return pickCredential({ target, health, rooms, random, caller, tokens, spent, lastResort })
  }

  #contender(at: number): Contender | undefined {
    const candidate = this.#candidates[at]
    const credential = candidate === undefined ? undefined : this.credentialOf(candidate, NONE)
    return candidate === undefined || credential === undefined ? undefined : { candidate, credential }
  }

  /** Has somebody be the next, before those whose turn it was. */
  #bringForward(at: number): void {
    if (at === this.#position) return
    const inOrder = [...this.#candidates]
    inOrder.splice(this.#position, 0, ...inOrder.splice(at, 1))
    this.#candidates = inOrder
  }
}

const NONE: readonly string[] = []
