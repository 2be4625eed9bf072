import type { GetRequestsId } from '../../api/answers.ts'
import type { Told } from '../../api/follow.ts'
import { isObject, readNumber, readText, type Unread } from '../../words/reading.ts'

/** A function that the model wants to have run. */
export interface Call {
  readonly index: number
  readonly name: string
  readonly arguments: string
}

/** All that is known when a request is over. */
export interface Over {
  readonly totalMs: number
  readonly firstMs: number | undefined
  readonly perSecond: number | undefined
  readonly decision: string | undefined
  readonly cost: GetRequestsId['cost'] | undefined
  readonly estimated: boolean
  readonly simulated: boolean
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What came of one request so far. */
export interface Answer {
  readonly state: 'waiting' | 'writing' | 'over' | 'stopped'
  readonly requestId: string | undefined
  readonly target: string | undefined
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly calls: readonly Call[]
  readonly cachedTokens: number
  readonly finish: string | undefined
  readonly failure: { readonly code: string; readonly message: string } | undefined
  readonly over: Over | undefined
}

export const NO_ANSWER: Answer = {
  state: 'waiting',
  requestId: undefined,
  target: undefined,
  text: '',
  reasoning: '',
  refusal: '',
  calls: [],
  cachedTokens: 0,
  finish: undefined,
  failure: undefined,
  over: undefined,
}

type Take = (answer: Answer, data: Unread) => Answer

const text = (data: Unread, key: string): string => readText(data, key) ?? ''

/** What each event adds; docs/playground.md. */
const TAKE: Readonly<Record<string, Take | undefined>> = {
  begun: (answer, data) => ({ ...answer, requestId: readText(data, 'request_id') }),
  target: (answer, data) => ({ ...answer, target: readText(data, 'target') }),
  text: (answer, data) => ({ ...answer, state: 'writing', text: answer.text + text(data, 'text') }),
  reasoning: (answer, data) => ({
    ...answer,
    state: 'writing',
    reasoning: answer.reasoning + text(data, 'text'),
  }),
  refusal: (answer, data) => ({ ...answer, refusal: answer.refusal + text(data, 'text') }),
  tool_call: (answer, data) => ({
    ...answer,
    state: 'writing',
    calls: [
      ...answer.calls,
      { index: readNumber(data, 'index') ?? 0, name: text(data, 'name'), arguments: '' },
    ],
  }),
  arguments: (answer, data) => ({
    ...answer,
    calls: answer.calls.map((call) =>
      call.index === readNumber(data, 'index')
        ? { ...call, arguments: call.arguments + text(data, 'text') }
        : call,
    ),
  }),
  usage: (answer, data) => ({ ...answer, cachedTokens: readNumber(data, 'cache_read') ?? 0 }),
  finish: (answer, data) => ({ ...answer, finish: readText(data, 'reason') }),
  failure: (answer, data) => ({
    ...answer,
    failure: { code: text(data, 'code'), message: text(data, 'message') },
  }),
  over: (answer, data) => ({ ...answer, state: 'over', over: readOver(data) }),
}

/** The answer with what an event adds to it. */
export function take(answer: Answer, { name, data }: Told): Answer {
  return TAKE[name]?.(answer, data) ?? answer
}

function readOver(data: Unread): Over {
  const times = isObject(data['times']) ? data['times'] : {}
  const request = isObject(data['request']) ? data['request'] : {}
  return {
    totalMs: readNumber(times, 'total_ms') ?? 0,
    firstMs: readNumber(times, 'first_ms'),
    perSecond: readNumber(times, 'tokens_per_second'),
    decision: readText(data, 'decision'),
    cost: readCost(request['cost']),
    estimated: request['estimated'] === true,
    simulated: request['simulated'] === true,
    inputTokens: readNumber(request, 'input_tokens') ?? 0,
    outputTokens: readNumber(request, 'output_tokens') ?? 0,
  }
}

function readCost(cost: unknown): Over['cost'] {
  if (cost === 'unpriced') return cost
  if (!isObject(cost)) return undefined
  return { usd: readText(cost, 'usd') ?? '0', nano_usd: readText(cost, 'nano_usd') ?? '0' }
}

/** The middle of some figures; undefined of none. */
export function middle(figures: readonly number[]): number | undefined {
  return figures.toSorted((left, right) => left - right)[Math.floor(figures.length / 2)]
}
