import type { ResponseEvent } from '../exchange/event.ts'
import type { Attempt } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { ModelRequest, Operation, ContentOf } from '../exchange/operations/all.ts'
import type { Inputs } from '../exchange/operations/operation-row.ts'
import { singleChunk, type ModelResponse } from '../exchange/response.ts'
import type { Quirks } from '../exchange/target.ts'
import { addUsage, type Usage } from '../exchange/usage.ts'

export type AnyInputs = Inputs<ModelRequest, ContentOf<Operation>>

/** A part of a request, which a provider is asked by itself. */
export interface Part {
  readonly request: ModelRequest
  /** What is said of it, as it is said of the whole. */
  readonly shift: (said: ContentOf<Operation>) => ContentOf<Operation>
}

/** An estimate may be too low by as much. */
const TOKEN_MARGIN = 0.8

/**
 * Cuts a request into parts that a provider takes, in order; undefined where it takes the whole. An input is never cut: one that is
 * too long by itself is a part by itself, and the provider says so. Throws `Failure('unsupported-feature')` where what is said of the
 * parts would not go together.
 */
export function splitRequest(
  request: ModelRequest,
  inputs: AnyInputs,
  quirks: Quirks,
): readonly Part[] | undefined {
  const { batchTokens } = quirks
  const mostInputs = quirks[inputs.most] ?? Number.POSITIVE_INFINITY
  const mostTokens = batchTokens === undefined ? Number.POSITIVE_INFINITY : batchTokens * TOKEN_MARGIN
  const parts: Part[] = []
  const cut = (from: number, to: number): void => {
    parts.push({ request: inputs.slice(request, from, to), shift: (said) => inputs.shift(said, from) })
  }
  const sizes = inputs.tokens(request)
  let from = 0
  let tokens = 0
  for (const [at, size] of sizes.entries()) {
    if (at > from && (at - from >= mostInputs || tokens + size > mostTokens)) {
      cut(from, at)
      from = at
      tokens = 0
    }
    tokens += size
  }
  if (from === 0) return undefined
  if (inputs.apart !== undefined && quirks[inputs.apart] === false) refuseParts(inputs, sizes.length)
  cut(from, sizes.length)
  return parts
}

function refuseParts({ field }: AnyInputs, count: number): never {
  throw new Failure('unsupported-feature', {
    message: `${count} ${field} are more than the model takes at once, and what it says of some of them cannot be compared with what it says of others.`,
    param: field,
  })
}

/**
 * Asks for the parts one after the other, and gives one answer in which all is said as of the whole and usage is summed. What was
 * used before a part fails is told with the failure, since it has to be paid. Rejects with `Failure` only.
 */
export async function askInParts(
  attempt: Attempt,
  parts: readonly Part[],
  ask: (part: Attempt) => Promise<ModelResponse>,
): Promise<ModelResponse> {
  const joined = new JoinedAnswer()
  let first: ModelResponse | undefined
  for (const part of parts) {
    try {
      const response = await ask({ ...attempt, exchange: { ...attempt.exchange, request: part.request } })
      first ??= response
      joined.open(part)
      for (
        let chunk = await response.source.next();
        chunk !== undefined;
        chunk = await response.source.next()
      )
        joined.add(chunk.events)
    } catch (thrown) {
      if (first === undefined) throw toFailure(thrown)
      joined.add([{ type: 'failure', failure: toFailure(thrown) }])
    }
    if (joined.failed) break
  }
  if (first === undefined) throw toFailure(new Error('a request was cut into no parts'))
  return { ...first, source: singleChunk({ events: joined.events() }) }
}

class JoinedAnswer {
  readonly #said: ResponseEvent[] = []
  #start: ResponseEvent = { type: 'start' }
  #failure: ResponseEvent | undefined
  #part: Part | undefined
  /** Of the parts before this one, and of this one. */
  #usage: Usage | undefined
  #ofPart: Usage | undefined
  #unreported = 0

  get failed(): boolean {
    return this.#failure !== undefined
  }

  open(part: Part): void {
    this.#closePart()
    this.#part = part
  }

  add(events: readonly ResponseEvent[]): void {
    for (const event of events) {
      if (event.type === 'failure') this.#failure = event
      else if (event.type === 'usage') this.#ofPart = event.usage
      else if (event.type !== 'start') this.#addContent(event)
      else if (this.#said.length === 0) this.#start = event
    }
  }

  #addContent(event: Exclude<ResponseEvent, { readonly type: 'start' | 'usage' | 'failure' }>): void {
    if (event.type === 'end' || event.type === 'passed') return
    this.#said.push(this.#part?.shift(event) ?? event)
  }

  /** Usage of only some parts is none of the whole: it is counted here, as for every answer without a report. */
  events(): readonly ResponseEvent[] {
    this.#closePart()
    const usage = this.#usage
    if (this.#failure !== undefined)
      return usage === undefined ? [this.#failure] : [{ type: 'usage', usage }, this.#failure]
    const isKnown = usage !== undefined && this.#unreported === 0
    const report: readonly ResponseEvent[] = isKnown ? [{ type: 'usage', usage, isFinal: true }] : []
    return [this.#start, ...this.#said, ...report, { type: 'end' }]
  }

  #closePart(): void {
    if (this.#part === undefined) return
    if (this.#ofPart === undefined) this.#unreported += 1
    else this.#usage = this.#usage === undefined ? this.#ofPart : addUsage(this.#usage, this.#ofPart)
    this.#ofPart = undefined
    this.#part = undefined
  }
}
