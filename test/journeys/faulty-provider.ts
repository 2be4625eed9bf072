import type { JsonObject } from '../../src/kit/json.ts'
import type { ManualClock } from '../../src/kit/manual-clock.fixture.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawAnswer,
  rawHead,
  type RawCall,
} from '../../src/kit/raw-upstream.fixture.ts'
import type { Mode } from '../modes.ts'
import { hear, type Heard } from '../wire/hear.ts'
import type { Refusal } from '../wire/wire-format.ts'
import { saidInStream } from './asking.ts'

/** What the provider charges for an answer that it gave whole. */
export const USAGE = { input: 9, output: 3 } as const
/** Time passes in steps of a twentieth of what has passed, so that every limit is met closely and ten minutes are soon over. */
const STEP_MS = 1_000
const STEP_SHARE = 0.05
/** Round trips between two steps: what a limit sets off is seen before more time passes, however slow the machine is. */
const ROUND_TRIPS = 6
/** Long enough for bytes on loopback to be read before time moves on. */
const SETTLE_MS = 30

/** One call to a faulty provider, and the words with which it answers in the caller's dialect. */
export interface FaultyCall extends RawCall {
  readonly mode: Mode
  /** Calls for this model so far, this one included. */
  readonly time: number
  /** A whole answer with its usage. */
  answer(text: string): void
  /** The head and the first words of an answer that goes on: a stream, or half of a body. */
  begin(text: string): Promise<void>
  /** One frame of a stream, or a piece of a body, as it stands. */
  piece(data: string): void
  /** The rest of a stream, its usage told, without the words by which the dialect ends it and the end of its transport. */
  finish(): void
  /** A whole answer in one body, without the end of its transport. */
  whole(text: string): void
  /** The end of the transport of a body in chunks. */
  last(): void
  /** A refusal in the dialect's envelope. */
  refuse(refusal: Refusal, headers?: Readonly<Record<string, string | number>>): void
  /** Lets the time of the gateway pass, for all calls at once; ends early when the caller hangs up. */
  pass(ms: number): Promise<void>
}

/** An attempt as the provider has it in its books. */
export interface BilledCall {
  /** Id of the attempt, as the gateway named it. */
  readonly attempt: string
  readonly model: string
  readonly mode: Mode
  /** What became of it: a whole answer whose usage was told, a refusal, an answer that broke off, or nothing. */
  state: 'told' | 'refused' | 'begun' | 'silent'
  /** Did an answer that broke off tell what was read? */
  inputTold: boolean
}

export interface FaultyProvider {
  readonly url: string
  readonly bill: readonly BilledCall[]
  /** Asks something beside others: time passes in scripts only while they all wait for it, so that nobody's limits run while he is on his way. */
  beside<Answer>(asked: () => Promise<Answer>): Promise<Answer>
  close(): Promise<void>
}

/** Opens a provider that answers each model by its script; models without one answer at once. */
export async function openFaultyProvider(
  scripts: ReadonlyMap<string, (call: FaultyCall) => void | Promise<void>>,
  clock: ManualClock,
): Promise<FaultyProvider> {
  const bill: BilledCall[] = []
  const times = new Map<string, number>()
  const passage = new Passage(clock)
  const upstream = await openRawUpstream(async (raw) => {
    const heard = hear(raw)
    const { model, mode, attempt } = heard
    const entry: BilledCall = { attempt, model, mode, state: 'silent', inputTold: false }
    bill.push(entry)
    const time = (times.get(model) ?? 0) + 1
    times.set(model, time)
    const call = dress(raw, { heard, time, passage, entry })
    await (scripts.get(model) ?? ((well) => well.answer(`${model} is well.`)))(call)
  })
  return {
    url: upstream.url,
    bill,
    async beside(asked) {
      passage.asked += 1
      try {
        return await asked()
      } finally {
        passage.asked -= 1
        if (passage.asked === 0) await passage.emptied()
      }
    },
    async close() {
      await upstream.close()
      await passage.close()
    },
  }
}

/** How time passes for all scripts. */
class Passage {
  /** Questions that are under way beside each other. */
  asked = 0
  /** Scripts that have time pass. One whose caller has just hung up does not know yet: it waits for nobody's sake. */
  passing = 0
  readonly #clock: ManualClock
  readonly #echo = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  #next: Promise<void> | undefined
  #waiting = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  elapsedMs(): number {
    return this.#clock.elapsedMs()
  }

  /** One step of time, the same for everybody who waits for one; `passedMs` is how much the caller has waited already. */
  step(passedMs: number): Promise<void> {
    this.#waiting += 1
    this.#next ??= this.#move(Math.max(STEP_MS, passedMs * STEP_SHARE))
    return this.#next
  }

  /** Waits until no script has time pass any more, so that none of these questions does while the next are on their way. */
  async emptied(): Promise<void> {
    while (this.passing > 0) await this.#look()
  }

  close(): Promise<void> {
    return this.#echo.stop(true)
  }

  async #move(stepMs: number): Promise<void> {
    do await this.#look()
    while (this.#waiting < this.asked)
    this.#next = undefined
    this.#waiting = 0
    this.#clock.advance(stepMs)
  }

  async #look(): Promise<void> {
    // Each on a connection of its own, as the looks are by which the gateway tells a silent address from a slow answer.
    for (let trip = 0; trip < ROUND_TRIPS; trip += 1)
      await (await fetch(this.#echo.url, { keepalive: false })).text()
  }
}

interface Dressing {
  readonly heard: Heard
  readonly time: number
  readonly passage: Passage
  readonly entry: BilledCall
}

const JSON_TYPE = { 'content-type': 'application/json' } as const
const bodyOf = (whole: JsonObject): string => JSON.stringify(whole)

function dress(raw: RawCall, { heard, time, passage, entry }: Dressing): FaultyCall {
  const { mode, wire } = heard
  let closed = false
  const settle = async (): Promise<void> => {
    closed ||= !(await raw.wait(SETTLE_MS))
  }
  return {
    ...raw,
    mode,
    time,
    answer(text) {
      entry.state = 'told'
      if (mode === 'unary') return raw.write(rawAnswer(bodyOf(wire.whole(text, USAGE)), JSON_TYPE))
      const { start, words, finish, end } = wire.stream([text], USAGE)
      raw.write(RAW_STREAM)
      for (const frame of [...start, ...words, ...finish]) raw.chunk(frame)
      if (end !== '') raw.chunk(end)
      raw.write(RAW_LAST_CHUNK)
    },
    async begin(text) {
      entry.state = 'begun'
      if (mode === 'unary') {
        const body = bodyOf(wire.whole(text, USAGE))
        raw.write(rawAnswer(body, JSON_TYPE).slice(0, -Math.ceil(body.length / 2)))
      } else {
        const { start, words } = wire.stream([text], USAGE)
        entry.inputTold = saidInStream(start.join(''), wire).some(({ input }) => input !== undefined)
        raw.write(RAW_STREAM)
        for (const frame of [...start, ...words]) raw.chunk(frame)
      }
      await settle()
    },
    piece: (data) => raw.chunk(data),
    finish() {
      entry.state = 'told'
      for (const frame of wire.stream([], USAGE).finish) raw.chunk(frame)
    },
    whole(text) {
      entry.state = 'told'
      raw.write(rawHead('200 OK', { ...JSON_TYPE, 'transfer-encoding': 'chunked' }))
      raw.chunk(bodyOf(wire.whole(text, USAGE)))
    },
    last: () => raw.write(RAW_LAST_CHUNK),
    refuse(refusal, headers = {}) {
      entry.state = 'refused'
      const body = bodyOf(wire.error(refusal))
      raw.write(rawAnswer(body, { ...JSON_TYPE, ...headers }).replace('200 OK', `${refusal.status} Refused`))
    },
    async pass(ms) {
      passage.passing += 1
      await settle()
      const beganMs = passage.elapsedMs()
      for (let passedMs = 0; passedMs < ms && !closed; passedMs = passage.elapsedMs() - beganMs) {
        await passage.step(passedMs)
        closed = !(await raw.wait(0))
      }
      passage.passing -= 1
    },
  }
}
