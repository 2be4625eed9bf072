import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  rawAnswer,
  rawHead,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import type { JsonObject } from '../../src/kit/json.ts'
import { connectRaw } from '../raw-client.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { ask, saidInStream, send, type Question } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/*
 * Who asks what another asks at the moment reads along what that one is answered: from the beginning, as it comes, for nothing; and the
 * call goes on as long as anybody reads it.
 */

const WORDS = ['One ', 'two ', 'three']
const ALL = WORDS.join('')
const USED = { input: 9, output: 3 } as const
/** What the provider charges for each answer. */
const DOLLAR = 1_000_000_000n

/** In which the gateway has read that a client is gone, also on a machine that is busy: nothing it shows says so. */
const GONE_MS = 300

/** One call of the gateway, whose answer the test writes. */
class Call {
  readonly raw: RawCall
  readonly #frames = WIRES['openai-chat'].stream(WORDS, USED)
  #isBegun = false

  constructor(raw: RawCall) {
    this.raw = raw
  }

  word(index: number): void {
    if (!this.#isBegun) {
      this.raw.write(RAW_STREAM)
      for (const frame of this.#frames.start) this.raw.chunk(frame)
    }
    this.#isBegun = true
    this.raw.chunk(this.#frames.words[index] ?? '')
  }

  end(finish: 'stop' | 'length' = 'stop'): void {
    for (const frame of this.#frames.finish) this.raw.chunk(frame.replace('"stop"', `"${finish}"`))
    this.raw.chunk(this.#frames.end)
    this.raw.write(RAW_LAST_CHUNK)
  }

  whole(): void {
    this.raw.write(rawAnswer(JSON.stringify(WIRES['openai-chat'].whole(ALL, USED)), JSON_HEAD))
  }

  fail(): void {
    const message = 'The provider is not well.'
    const body = JSON.stringify(WIRES['openai-chat'].error({ status: 500, message }))
    this.raw.write(rawHead('500 Sorry', { ...JSON_HEAD, 'content-length': body.length }) + body)
  }
}

const JSON_HEAD = { 'content-type': 'application/json' } as const

/** A client that reads a stream as it comes. */
class Listener {
  readonly response: Response
  readonly #dialect: ClientDialect
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  wire = ''

  constructor(response: Response, dialect: ClientDialect) {
    this.response = response
    this.#dialect = dialect
    const { body } = response
    if (body === null) throw new Error('an answer has a body')
    this.#reader = body.getReader()
  }

  get said(): string {
    return saidInStream(this.wire, WIRES[this.#dialect])
      .map(({ text }) => text ?? '')
      .join('')
  }

  async hear(text: string): Promise<void> {
    while (this.said !== text && (await this.#more()));
    expect(this.said).toBe(text)
  }

  async toEnd(): Promise<readonly string[]> {
    while (await this.#more());
    return [this.said, ...saidInStream(this.wire, WIRES[this.#dialect]).flatMap(endOf)]
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#reader.read()
    if (value !== undefined) this.wire += this.#decoder.decode(value, { stream: true })
    return !done
  }
}

function endOf({ isEnd, error }: { readonly isEnd?: boolean; readonly error?: JsonObject | undefined }) {
  return error === undefined ? (isEnd === true ? ['end'] : []) : ['error']
}

/** Not written as a literal of the config: kinds bring their options with them. */
const NO_TWO = {
  terms: { words: ['two'] },
  phases: ['output' as const],
  action: 'block' as const,
  keys: ['guarded'],
}

let upstream: RawUpstream
let house: House
const waiting: Call[] = []
let arrived = Promise.withResolvers<void>()
let count = 0

beforeAll(async () => {
  upstream = await openRawUpstream((raw) => {
    waiting.push(new Call(raw))
    arrived.resolve()
  })
  const entry = () => providerEntry(upstream.url, { dialects: ['openai-chat'] })
  const route = (target: string) => ({
    targets: [target],
    fallback: { attempts: 1 },
    cache: { scope: 'shared' as const },
  })
  house = await openHouse({
    // One of its own for those that fail, which rests then.
    providers: () => ({ told: entry(), failing: entry(), breaking: entry() }),
    config: {
      models: { 'told/m': { price: { input: 0, output: 0, request: 1 } } },
      routes: { shared: route('told/m'), failing: route('failing/m'), breaking: route('breaking/m') },
      guardrails: { two: NO_TWO },
    },
    keys: { one: {}, two: {}, guarded: {}, poor: { budget: { usd: 1, per: 'day' } } },
  })
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})

/** The next call of the gateway that no test has taken yet. */
async function nextCall(): Promise<Call> {
  for (;;) {
    const call = waiting.shift()
    if (call !== undefined) return call
    arrived = Promise.withResolvers()
    await arrived.promise
  }
}

/** A question that nobody has asked. */
function question(more: Partial<Question> = {}): Question & { readonly text: string } {
  return {
    dialect: 'openai-chat',
    mode: 'stream',
    model: 'shared',
    key: house.key('one'),
    text: `Question ${(count += 1)}`,
    ...more,
    extra:
      more.dialect === 'gemini'
        ? { generationConfig: { temperature: 0, maxOutputTokens: 64 } }
        : { temperature: 0 },
  }
}

async function listen(asked: Question): Promise<Listener> {
  return new Listener(await send(house.url, asked), asked.dialect)
}

const idOf = ({ headers }: Pick<Response, 'headers'>): string => headers.get('x-request-id') ?? ''
const cacheOf = ({ headers }: Pick<Response, 'headers'>): string | null => headers.get('x-gatehouse-cache')

/** A stream of which the first word was said, and who listens. */
async function begun(asked: Question): Promise<{ readonly call: Call; readonly leader: Listener }> {
  const coming = listen(asked)
  const call = await nextCall()
  call.word(0)
  const leader = await coming
  await leader.hear(WORDS[0] ?? '')
  return { call, leader }
}

describe('who asks what is being answered', () => {
  test.each(CLIENT_DIALECTS)('is told in %s what was said so far, and reads along', async (dialect) => {
    const asked = question()
    const { call, leader } = await begun(asked)
    const late = await listen({ ...question({ dialect }), text: asked.text, key: house.key('two') })
    await late.hear('One ')
    call.word(1)
    await Promise.all([late.hear('One two '), leader.hear('One two ')])
    call.word(2)
    call.end()
    expect(await late.toEnd()).toEqual([ALL, 'end'])
    expect(await leader.toEnd()).toEqual([ALL, 'end'])
    expect([cacheOf(leader.response), cacheOf(late.response)]).toEqual(['miss', 'coalesced'])
    expect(late.response.headers.get('x-gatehouse-cost-usd')).toBe('0')
    // The id of the answer is the first one's own.
    expect(leader.wire).toContain('"c1"')
    expect(late.wire).not.toContain('"c1"')
    const row = await house.rowOf(idOf(late.response))
    expect(row).toMatchObject({ outcome: 'ok', attemptCount: 0, costNanoUsd: 0n, savedNanoUsd: DOLLAR })
    expect(waiting).toHaveLength(0)
  })

  test('gets an answer in one piece of a stream, and a stream of an answer in one piece', async () => {
    const streamed = question()
    const { call, leader } = await begun(streamed)
    const unary = ask(house.url, { ...streamed, mode: 'unary' })
    await followers(1)
    call.word(1)
    call.word(2)
    call.end()
    await leader.toEnd()
    expect(await unary).toMatchObject({ status: 200, text: ALL, complete: true })
    const whole = question({ mode: 'unary' })
    const first = ask(house.url, whole)
    const answering = await nextCall()
    const stream = ask(house.url, { ...whole, mode: 'stream' })
    await followers(1)
    answering.whole()
    expect(await first).toMatchObject({ status: 200, text: ALL })
    expect(await stream).toMatchObject({ status: 200, text: ALL, complete: true })
    expect(waiting).toHaveLength(0)
  })

  test('gets what may not be kept, which nobody gets later', async () => {
    const asked = question()
    const { call, leader } = await begun(asked)
    const late = await listen(asked)
    call.end('length')
    expect(await late.toEnd()).toEqual(['One ', 'end'])
    expect(late.wire).toContain('length')
    await leader.toEnd()
    const { call: again, leader: later } = await begun(asked)
    again.end()
    await later.toEnd()
    expect(cacheOf(later.response)).toBe('miss')
  })

  test('is kept from what his own guardrails do not let pass', async () => {
    const asked = question()
    const { call, leader } = await begun(asked)
    const guarded = await listen({ ...asked, key: house.key('guarded') })
    await guarded.hear('One ')
    call.word(1)
    call.end()
    expect(await leader.toEnd()).toEqual(['One two ', 'end'])
    expect((await guarded.toEnd())[0]).not.toContain('two')
  })
})

test('who has less time than the one he reads along with is told when it is over, and the others read on', async () => {
  const asked = question()
  const { call, leader } = await begun(asked)
  // Enough to read the first word in, also on a machine that is busy.
  const hurried = await listen({ ...asked, key: house.key(), headers: { 'x-gatehouse-timeout-ms': '750' } })
  expect(await hurried.toEnd()).toEqual(['One ', 'error'])
  expect(await house.rowOf(idOf(hurried.response))).toMatchObject({ outcome: 'deadline-exceeded' })
  call.word(1)
  call.end()
  expect(await leader.toEnd()).toEqual(['One two ', 'end'])
})

describe('who asked first and leaves', () => {
  test('leaves the answer to the others, and pays for it', async () => {
    const asked = question({ key: house.key('poor') })
    const leaving = new AbortController()
    const { call, leader } = await begun({ ...asked, signal: leaving.signal })
    const late = await listen({ ...asked, key: house.key('two') })
    await late.hear('One ')
    leaving.abort()
    await call.raw.wait(GONE_MS)
    call.word(1)
    call.word(2)
    call.end()
    expect(await late.toEnd()).toEqual([ALL, 'end'])
    expect(await house.rowOf(idOf(leader.response))).toMatchObject({
      outcome: 'client-gone',
      attemptCount: 1,
      costNanoUsd: DOLLAR,
    })
    expect(await house.rowOf(idOf(late.response))).toMatchObject({ outcome: 'ok', costNanoUsd: 0n })
    // It is kept, and his budget is spent.
    expect(cacheOf(await ask(house.url, { ...asked, key: house.key('two') }))).toBe('hit')
    expect((await ask(house.url, question({ key: house.key('poor') }))).status).toBe(402)
  })

  test.each(MODES)('before anything was said leaves the call to who waits, %s', async (mode) => {
    const asked = question({ mode })
    const leaving = new AbortController()
    const first = send(house.url, { ...asked, signal: leaving.signal }).catch(() => 'gone')
    const call = await nextCall()
    const second = ask(house.url, asked)
    await followers(1)
    leaving.abort()
    expect(await first).toBe('gone')
    await call.raw.wait(GONE_MS)
    if (mode === 'unary') call.whole()
    else {
      for (const word of WORDS.keys()) call.word(word)
      call.end()
    }
    expect(await second).toMatchObject({ status: 200, text: ALL, complete: true })
    expect(waiting).toHaveLength(0)
  })

  test('and is the last to leave, ends the call', async () => {
    const asked = question()
    const [first, second] = [new AbortController(), new AbortController()]
    const { leader } = await begun({ ...asked, signal: first.signal })
    const late = await listen({ ...asked, signal: second.signal })
    await late.hear('One ')
    const closed = upstream.closed()
    first.abort()
    second.abort()
    await closed
    expect(await house.rowOf(idOf(leader.response))).toMatchObject({
      outcome: 'client-gone',
      attemptCount: 1,
    })
    expect(await house.rowOf(idOf(late.response))).toMatchObject({ outcome: 'client-gone', attemptCount: 0 })
  })
})

describe('a call that fails', () => {
  test('before anything was said has one of those who wait ask, and not each of them in turn', async () => {
    const asked = question({ model: 'failing', mode: 'unary' })
    const answers = [ask(house.url, asked)]
    const first = await nextCall()
    for (let index = 0; index < 20; index += 1) answers.push(ask(house.url, asked))
    await followers(20)
    first.fail()
    const second = await nextCall()
    await followers(19)
    expect(waiting).toHaveLength(0)
    second.fail()
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([500]))
    expect(waiting).toHaveLength(0)
  })

  test('after something was said is the same error for all', async () => {
    const asked = question({ model: 'breaking' })
    const { call, leader } = await begun(asked)
    const late = await listen(asked)
    await late.hear('One ')
    call.raw.reset()
    expect(await late.toEnd()).toEqual(['One ', 'error'])
    expect(await leader.toEnd()).toEqual(['One ', 'error'])
  })
})

describe('a thousand who ask the same at once', () => {
  const MANY = 1_000
  const BODIES = { unary: /"content":"One two three"/, stream: /One .*two .*three.*data: \[DONE\]/s } as const

  test.each(MODES)('are answered by one call, %s', async (mode) => {
    const asked = question({ mode })
    const before = process.memoryUsage().rss
    const clients = await Promise.all(Array.from({ length: MANY }, () => connectRaw(house.url)))
    const bytes = requestBytes(asked)
    for (const client of clients) client.write(bytes)
    const call = await nextCall()
    if (mode === 'stream') call.word(0)
    await followers(MANY - 1)
    if (mode === 'unary') call.whole()
    else {
      call.word(1)
      call.word(2)
      call.end()
    }
    const answers = await Promise.all(clients.map((client) => client.until()))
    for (const { text } of answers) expect(text).toMatch(BODIES[mode])
    const outcomes = answers.map(({ text }) => /^x-gatehouse-cache: (\w+)/im.exec(text)?.[1])
    expect(outcomes.filter((outcome) => outcome === 'miss')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'coalesced')).toHaveLength(MANY - 1)
    expect(waiting).toHaveLength(0)
    // Both ends of each connection are here.
    expect((process.memoryUsage().rss - before) / MANY).toBeLessThan(200_000)
  })
})

/** A request as a client without a library writes it. */
function requestBytes(asked: Question): string {
  const wire = WIRES[asked.dialect]
  const { text = '', key = '' } = asked
  const body = JSON.stringify({ ...wire.body({ ...asked, text, maxTokens: 64 }), ...asked.extra })
  const head = [
    `POST ${wire.path(asked)} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    'content-type: application/json',
    `authorization: Bearer ${key}`,
    `content-length: ${body.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** Waits until so many read along, or wait to. */
async function followers(many: number): Promise<void> {
  for (;;) {
    const metrics = await (await house.gateway.askAdmin('/metrics')).text()
    if (metrics.includes(`\ngatehouse_cache_followers ${many}\n`)) return
  }
}
