import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { ConversationState } from '../../exchange/conversation-state.ts'
import { requestTo, type Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import type { Credential } from '../../exchange/target.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { LIMITS } from '../../kit/limits.ts'
import { Secret } from '../../kit/secret.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { openStore } from '../../store/open-store.ts'
import type { ResponseStore, StoredResponse } from '../../store/stored-responses.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  routedExchange,
  sampleAttempt,
  sampleResult,
} from '../samples.fixture.ts'
import { createRecall } from './recall.ts'
import { createResume } from './resume.ts'
import { createStoreAnswer } from './store-answer.ts'
import type { StoredAnswersParts } from './stored-answers.ts'

const HOUR_MS = 3_600_000
const ROOM = { ownerBytes: 1e9, ownerResponses: 1e6, bytes: 1e9, responses: 1e6 }
const OWNER = 'project:search'
const CALLER = sampleCaller({ owners: { key: 'key000000001', project: 'search' } })
const RESUMED = sampleChat({ model: 'resumed' })

const MAIN: Credential = { id: 'one/main', secret: new Secret('main'), weight: 1 }
const SPARE: Credential = { id: 'one/spare', secret: new Secret('spare'), weight: 1 }
const ONE = sampleTarget('one/a', { credentials: [MAIN, SPARE] })
const TWO = sampleTarget('two/b')
const ROUTE = sampleRoute([TWO, ONE])

interface World {
  readonly off?: boolean
  readonly paused?: boolean
  readonly store?: Partial<ResponseStore>
}

async function createWorld({ off = false, paused = false, store }: World = {}) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const { responses } = await openStore({ url: 'memory:', clock })
  const parts: StoredAnswersParts = {
    responses: { ...bound(responses), ...store },
    clock,
    telemetry,
    ...(off ? {} : { storing: { retentionMs: 24 * HOUR_MS, room: ROOM, isPaused: () => paused } }),
  }
  const put = (id: string, changes: Partial<StoredResponse> = {}) =>
    responses.put(
      {
        id,
        owner: OWNER,
        dialect: 'sample-dialect',
        model: 'sample',
        atMs: clock.nowMs(),
        input: '"?"',
        answer: '{}',
        ...changes,
      },
      ROOM,
    )
  const find = (id: string) => responses.find({ owner: OWNER, id, usedSinceMs: 0 })
  return { clock, telemetry, parts, put, find }
}

function bound(store: ResponseStore): ResponseStore {
  return {
    put: (...given) => store.put(...given),
    find: (question) => store.find(question),
    conversation: (...given) => store.conversation(...given),
    remove: (...given) => store.remove(...given),
  }
}

/** What a client says of stored answers, in a language that has only ids. */
function stateOf(changes: Partial<ConversationState> = {}): ConversationState {
  return {
    previousId: undefined,
    store: 'usual',
    resume: () => RESUMED,
    textsOf: ({ failure, passed }) => ({
      id: 'resp_new',
      input: '"asked"',
      answer: failure?.code ?? (passed === undefined ? '"written"' : '"passed"'),
      isHeld: passed !== undefined,
    }),
    ...changes,
  }
}

const exchangeWith = (state: Partial<ConversationState>, changes: Partial<Exchange> = {}): Exchange =>
  routedExchange(ROUTE, { caller: CALLER, state: stateOf(state), ...changes })

const failureOf = async (asked: () => unknown): Promise<Failure> => {
  try {
    await asked()
  } catch (thrown) {
    return toFailure(thrown)
  }
  throw new Error('nothing was refused')
}

describe('a request that goes on from a stored answer', () => {
  test('is the whole conversation from then on', async () => {
    const { parts, put } = await createWorld()
    await put('resp_1')
    await put('resp_2', { previousId: 'resp_1' })
    let before: readonly string[] = []
    const exchange = exchangeWith({
      previousId: 'resp_2',
      resume: (texts) => {
        before = texts.map(({ id }) => id)
        return RESUMED
      },
    })
    const resumed = await createResume(parts)(exchange)
    expect(before).toEqual(['resp_1', 'resp_2'])
    expect(resumed).toMatchObject({ request: RESUMED, route: ROUTE })
    expect(resumed.held).toBeUndefined()
    expect(exchange.trail.steps).toEqual([{ step: 'resume', answers: 2 }])
  })

  test('is refused where the answer is unknown, another’s, too old, of another language, or nothing is stored', async () => {
    const { parts, put, clock } = await createWorld()
    await put('resp_theirs', { owner: 'project:other' })
    await put('resp_other', { dialect: 'another' })
    await put('resp_old')
    await put('resp_used', { previousId: 'resp_old' })
    clock.advance(24 * HOUR_MS + 1)
    await put('resp_fresh')
    const resume = createResume(parts)
    for (const id of ['resp_none', 'resp_theirs', 'resp_other', 'resp_old', 'resp_used'])
      expect(await failureOf(() => resume(exchangeWith({ previousId: id })))).toMatchObject({
        code: 'previous-response-not-found',
        message: `Previous response with id '${id}' not found.`,
        details: { param: 'previous_response_id' },
      })
    expect((await resume(exchangeWith({ previousId: 'resp_fresh' }))).request).toBe(RESUMED)
    const off = createResume((await createWorld({ off: true })).parts)
    expect(await failureOf(() => off(exchangeWith({ previousId: 'resp_fresh' })))).toMatchObject({
      code: 'previous-response-not-found',
    })
  })

  test('is refused where it would be too long, and where the store does not answer', async () => {
    const { parts, put } = await createWorld()
    await put('resp_1')
    for (let index = 2; index <= LIMITS.conversationResponses + 1; index += 1)
      await put(`resp_${index}`, { previousId: `resp_${index - 1}` })
    const resume = createResume(parts)
    const last = `resp_${LIMITS.conversationResponses + 1}`
    expect(await failureOf(() => resume(exchangeWith({ previousId: last })))).toMatchObject({
      code: 'conversation-too-long',
    })
    const { parts: broken } = await createWorld({
      store: { conversation: () => Promise.reject(new Error('the disk is gone')) },
    })
    expect(await failureOf(() => createResume(broken)(exchangeWith({ previousId: 'resp_1' })))).toMatchObject(
      {
        code: 'store-unavailable',
      },
    )
  })

  test('goes first to whoever stores the conversation too, by the account that knows it, in the client’s words', async () => {
    const { parts, put } = await createWorld()
    await put('resp_1', { holder: { target: 'one/a', credential: 'one/spare' } })
    const exchange = exchangeWith({ previousId: 'resp_1' })
    const resumed = await createResume(parts)(exchange)
    const { targets = [], fallback } = resumed.route ?? {}
    expect(targets.map(({ target }) => [target.id, target.credentials])).toEqual([['one/a', [SPARE]]])
    expect(fallback?.map(({ target }) => target.id)).toEqual(['two/b', 'one/a'])
    expect(exchange.trail.steps).toEqual([{ step: 'resume', answers: 1, holder: 'one/a' }])
    const asked = (target: typeof ONE, credential = MAIN, changes: Partial<Exchange> = {}): ModelRequest =>
      requestTo(sampleAttempt(target, { exchange: { ...resumed, ...changes }, credential }))
    expect(asked(ONE, SPARE)).toBe(exchange.request)
    expect(asked(ONE, MAIN)).toBe(RESUMED)
    expect(asked(TWO)).toBe(RESUMED)
    // What a layer has put in the place of the conversation is what is asked, of everybody.
    const rewritten = sampleChat({ model: 'rewritten' })
    expect(asked(ONE, SPARE, { request: rewritten })).toBe(rewritten)
  })

  test('loses nothing where the configuration does not name that one any more', async () => {
    const { parts, put } = await createWorld()
    await put('resp_1', { holder: { target: 'one/gone', credential: 'one/main' } })
    await put('resp_2', { holder: { target: 'one/a', credential: 'one/gone' } })
    for (const previousId of ['resp_1', 'resp_2']) {
      const resumed = await createResume(parts)(exchangeWith({ previousId }))
      expect(resumed).toMatchObject({ request: RESUMED, route: ROUTE })
      expect(resumed.held).toBeUndefined()
    }
  })
})

describe('an answer', () => {
  async function give(
    parts: StoredAnswersParts,
    exchange: Exchange,
    chunks: readonly ResponseChunk[] = [{ events: answer() }],
  ) {
    const admitted = await createResume(parts)(exchange)
    const source = playSource(chunks.map((chunk) => async () => chunk))
    const response: ModelResponse = respond(TWO, source)
    const { source: given } = await createStoreAnswer(parts)(async () => response)(admitted)
    return drain(given)
  }

  test('is stored when it ends, and found before its last piece is handed on', async () => {
    const { parts, find } = await createWorld()
    const exchange = exchangeWith({})
    const admitted = await createResume(parts)(exchange)
    const { source } = await createStoreAnswer(parts)(async () =>
      respond(TWO, playSource([answer().slice(0, 4), answer().slice(4)])),
    )(admitted)
    await source.next()
    expect(await find('resp_new')).toBeUndefined()
    await source.next()
    expect(await find('resp_new')).toMatchObject({
      owner: OWNER,
      dialect: 'sample-dialect',
      input: '"asked"',
      answer: '"written"',
    })
  })

  test('that passed is stored as it passed, with whom the provider stored it', async () => {
    const { parts, find } = await createWorld()
    const exchange = exchangeWith({})
    exchange.trail.serve({ ...sampleAttempt(ONE), id: 'att_1' })
    exchange.trail.close(sampleResult({ target: 'one/a', credential: 'one/spare' }))
    await give(parts, exchange, [{ events: answer(), wire: new Uint8Array([1]), eventsInWire: 7 }])
    expect(await find('resp_new')).toMatchObject({
      answer: '"passed"',
      holder: { target: 'one/a', credential: 'one/spare' },
    })
  })

  test('that was not told, or that its client did not wait for, is not stored; one that broke in a stream is', async () => {
    const broken = (code: 'client-gone' | 'stream-truncated'): ResponseChunk => ({
      events: [...answer().slice(0, 3), { type: 'failure', failure: new Failure(code) }],
    })
    for (const [stream, code, stored] of [
      [true, 'stream-truncated', true],
      [true, 'client-gone', false],
      [false, 'stream-truncated', false],
    ] as const) {
      const { parts, find } = await createWorld()
      await give(parts, exchangeWith({}, { request: sampleChat({ stream }) }), [broken(code)])
      expect((await find('resp_new'))?.answer).toBe(stored ? code : undefined)
    }
  })

  test('that passed and broke is stored under the id that its bytes have told, where they have told one', async () => {
    const failure = new Failure('stream-truncated')
    for (const [start, id] of [
      [{ type: 'start', responseId: 'resp_told' }, 'resp_told'],
      [{ type: 'start' }, undefined],
    ] as const) {
      const { parts, telemetry, find } = await createWorld()
      const state = stateOf({
        textsOf: ({ shownId = '', passed }) => ({
          id: shownId,
          input: '""',
          answer: '{}',
          isHeld: passed !== undefined,
        }),
      })
      const broken: ResponseChunk = {
        events: [start, { type: 'failure', failure }],
        wire: new Uint8Array([1]),
        eventsInWire: 1,
      }
      await give(parts, exchangeWith(state, { request: sampleChat({ stream: true }) }), [broken])
      expect((await find('resp_told'))?.id).toBe(id)
      if (id === undefined)
        expect([...telemetry.counts.keys()]).toEqual([`gatehouse_responses_stored_total{outcome=without-id}`])
    }
  })

  test('is given all the same where it cannot be stored: it is counted, and who asked for it is told', async () => {
    const counts = async (world: World, state: Partial<ConversationState>) => {
      const { parts, telemetry, find } = await createWorld(world)
      const exchange = exchangeWith(state)
      exchange.trail.serve(sampleAttempt(ONE))
      expect((await give(parts, exchange)).at(-1)).toEqual({ type: 'end' })
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (world.store === undefined) expect(await find('resp_new')).toBeUndefined()
      return { counted: [...telemetry.counts.keys()], notices: exchange.trail.notices }
    }
    const name = (outcome: string) => [`gatehouse_responses_stored_total{outcome=${outcome}}`]
    const large = 'x'.repeat(LIMITS.storedResponseBytes)
    const texts = { id: 'resp_new', input: '""', answer: large, isHeld: false }
    expect(await counts({}, { textsOf: () => texts })).toEqual({ counted: name('too-large'), notices: [] })
    expect(await counts({}, { textsOf: () => undefined })).toEqual({
      counted: name('without-id'),
      notices: [],
    })
    const full = { put: () => Promise.reject(new Error('full')) }
    expect(await counts({ store: full }, {})).toEqual({ counted: name('lost'), notices: [] })
    const notices = [{ code: 'response.not-stored' as const, subject: 'store' }]
    expect(await counts({ off: true }, { store: 'asked' })).toEqual({ counted: [], notices })
    expect(await counts({ paused: true }, { store: 'asked' })).toEqual({ counted: [], notices })
    expect(await counts({ off: true }, { store: 'usual' })).toEqual({ counted: [], notices: [] })
    expect(await counts({}, { store: 'no' })).toEqual({ counted: [], notices: [] })
  })
})

describe('what is asked of stored answers', () => {
  async function ask(
    parts: StoredAnswersParts,
    wants: 'answer' | 'removal' | 'stop' | 'conversation',
    next: () => Promise<ModelResponse> = () => Promise.reject(new Error('a model was asked')),
  ) {
    const request = { operation: 'recall', model: '', id: 'resp_2', wants, stream: false } as const
    const layer = createRecall({
      ...parts,
      resolveRoute: (model) => (model === 'sample' ? ROUTE : undefined),
    })
    const routes: unknown[] = []
    const { source, from } = await layer((exchange) => {
      routes.push(exchange.route?.targets.map(({ target }) => [target.id, target.credentials]))
      return next()
    })(exchangeWith({}, { request }))
    return { events: await drain(source), from, routes }
  }

  test('is answered without a model', async () => {
    const { parts, put } = await createWorld()
    await put('resp_1')
    await put('resp_2', { previousId: 'resp_1' })
    const { events, from } = await ask(parts, 'conversation')
    expect(from).toEqual({ kind: 'stored', model: 'sample' })
    expect(events).toMatchObject([
      { type: 'recalled', found: [{ id: 'resp_1' }, { id: 'resp_2' }] },
      { type: 'end' },
    ])
    await parts.responses.remove(OWNER, 'resp_1')
    expect((await ask(parts, 'conversation')).events).toMatchObject([{ found: [{ id: 'resp_2' }] }, {}])
    expect(await failureOf(() => ask(parts, 'stop'))).toMatchObject({
      code: 'invalid-request',
      message: 'Cannot cancel a synchronous response.',
    })
    expect((await ask(parts, 'removal')).events).toMatchObject([{ found: [{ id: 'resp_2' }] }, {}])
    expect(await failureOf(() => ask(parts, 'answer'))).toMatchObject({
      code: 'response-not-found',
      message: "Response with id 'resp_2' not found.",
    })
    const { parts: off } = await createWorld({ off: true })
    expect(await failureOf(() => ask(off, 'answer'))).toMatchObject({ code: 'response-not-found' })
  })

  test('a removal is told to whoever stores it too, who has the last word unless it is gone there', async () => {
    const { parts, put, find, telemetry } = await createWorld()
    const held = { holder: { target: 'one/a', credential: 'one/spare' } }
    await put('resp_2', held)
    const refused = new Failure('provider-error')
    expect(await failureOf(() => ask(parts, 'removal', () => Promise.reject(refused)))).toBe(refused)
    expect(await find('resp_2')).toBeDefined()
    const gone = new Failure('provider-rejected', { upstream: { status: 404, family: 'x' } })
    const { routes } = await ask(parts, 'removal', () => Promise.reject(gone))
    expect(routes).toEqual([[['one/a', [SPARE]]]])
    expect(await find('resp_2')).toBeUndefined()
    await put('resp_2', held)
    await ask(parts, 'removal', async () =>
      respond(ONE, playSource([[{ type: 'recalled', found: [] }, { type: 'end' }]])),
    )
    expect(await find('resp_2')).toBeUndefined()
    await put('resp_2', { ...held, model: 'gone' })
    await ask(parts, 'removal')
    expect(telemetry.lines).toEqual(['warn: an answer is removed that a provider goes on storing'])
  })
})
