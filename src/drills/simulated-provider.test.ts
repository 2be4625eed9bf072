import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import { systemClock } from '../kit/clock.ts'
import { serveHttp } from '../kit/http-server.ts'
import { Secret } from '../kit/secret.ts'
import { parseBill } from './parse-bill.fixture.ts'
import { openTestProvider, TEST_CREDENTIAL } from './open-test-provider.fixture.ts'
import { openSimulatedProvider, type SimulatedProvider } from './simulated-provider.ts'

const DIALECTS = [openaiChat, anthropicMessages]

/** What is sent and what marks the end of a stream, by path. */
const WIRES = [
  { path: '/v1/chat/completions', terminal: 'data: [DONE]\n\n', body: {} },
  { path: '/v1/messages', terminal: 'event: message_stop', body: { max_tokens: 4_096 } },
] as const
type Wire = (typeof WIRES)[number]

let provider: SimulatedProvider
beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
})
afterAll(() => provider.close())

interface Sending {
  readonly stream?: boolean
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly to?: SimulatedProvider
}

function send(
  wire: Wire,
  model: string,
  { stream = true, signal, headers = {}, to = provider }: Sending = {},
): Promise<Response> {
  return fetch(to.url + wire.path, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_CREDENTIAL}`, 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify({
      ...wire.body,
      model,
      stream,
      messages: [{ role: 'user', content: 'Why is the sky blue?' }],
    }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** All that can be read of a body, and whether its connection broke. */
async function readAll(response: Response): Promise<{ readonly text: string; readonly broken: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
    return { text, broken: false }
  } catch {
    return { text, broken: true }
  }
}

/** The ordinal of the request that was received last. */
function lastOrdinal(): number {
  return provider.requests.last()?.ordinal ?? 0
}

describe.each([...WIRES])('a fault at $path', (wire) => {
  const fault = (kind: string, sending: Sending = {}): Promise<Response> =>
    send(wire, `fault?kind=${kind}`, sending)

  test('can be any status, with the wait that was asked for', async () => {
    for (const status of [302, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529]) {
      const response = await fetch(provider.url + wire.path, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'x-api-key': TEST_CREDENTIAL, 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({
          ...wire.body,
          model: `fault?kind=status-${status}&retry-after=9`,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      })
      expect(response.status).toBe(status)
      expect(response.headers.get('retry-after')).toBe('9')
      expect(await response.json()).toMatchObject({
        error: { message: expect.any(String), type: expect.any(String) },
      })
    }
  })

  test.each(['text/html', 'application/json'])('can be a success that is none: %s', async (type) => {
    const response = await fault(type === 'text/html' ? 'html-200' : 'error-200')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain(type)
    expect(await response.text()).toMatch(/<html>|"error":/)
  })

  test('can be an empty success', async () => {
    const response = await fault('empty-200')
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test('can be a reset, before the head or in the middle', async () => {
    expect(fault('reset-before-head')).rejects.toThrow()
    const { text, broken } = await readAll(await fault('reset-mid-stream'))
    expect(broken).toBe(true)
    expect(text).not.toContain(wire.terminal)
  })

  test('can be a proper end without the terminal event', async () => {
    for (const kind of ['truncate-mid-stream', 'no-done']) {
      const { text, broken } = await readAll(await fault(kind))
      expect(broken).toBe(false)
      expect(text).not.toContain(wire.terminal)
    }
  })

  test('can be silence, and leaving is noticed', async () => {
    for (const kind of ['stall-before-head', 'stall-mid-stream', 'ping-forever']) {
      const leaving = new AbortController()
      const arriving = provider.requests.next()
      const reading = fault(kind, { signal: leaving.signal }).then(readAll, () => undefined)
      const { ordinal } = await arriving
      leaving.abort()
      await reading
      expect(await provider.bill.settled(ordinal)).toMatchObject({ outcome: 'aborted' })
    }
  })

  test('can be an error event, first or later', async () => {
    const first = await readAll(await fault('error-event-first'))
    expect(first.text).toContain('"error":')
    expect(first.text).not.toContain('sky')
    const later = await readAll(await fault('error-event-mid-stream&as=echo'))
    expect(later.text).toContain(' the')
    expect(later.text).not.toContain(' blue?')
  })

  test('can be nonsense in the middle, a giant frame or a wrong content type', async () => {
    const nonsense = await readAll(await fault('bad-json-frame'))
    expect(nonsense.text).toContain('data: {"broken":\n\n')
    expect(nonsense.text).toContain(wire.terminal)
    const giant = await readAll(await fault('oversized-frame&bytes=2000000'))
    expect(giant.text.length).toBeGreaterThan(2_000_000)
    expect((await fault('wrong-content-type')).headers.get('content-type')).toBe('text/plain')
  })

  test('can be the other form than was asked for', async () => {
    expect(await (await fault('json-instead-of-sse')).json()).toMatchObject({
      model: 'fault?kind=json-instead-of-sse',
    })
    const stream = await fault('sse-instead-of-json', { stream: false })
    expect(await stream.text()).toContain(wire.terminal)
  })

  test('can be bytes cut anywhere, which change nothing', async () => {
    for (const kind of ['one-byte-chunks&as=echo', 'split-utf8']) {
      const { text } = await readAll(await fault(kind))
      expect(text).toContain(wire.terminal)
      expect(text).not.toContain('\ufffd')
    }
    expect(await (await fault('split-utf8', { stream: false })).text()).toContain('Grüße aus Zürich: 東京')
  })

  test('can be an answer that hides what it used', async () => {
    expect(await (await fault('no-usage', { stream: false })).text()).not.toContain('"usage"')
    expect(provider.bill.entries().at(-1)).toMatchObject({
      outcome: 'completed',
      usage: { estimated: false },
    })
  })

  test('breaks unary answers too', async () => {
    const cut = await readAll(await fault('truncate-mid-stream', { stream: false }))
    expect(cut.text).toStartWith('{')
    expect(cut.text).not.toEndWith('}')
    expect((await readAll(await fault('reset-mid-stream', { stream: false }))).broken).toBe(true)
  })

  test('can be over after some requests', async () => {
    const model = `status-500&times=2&id=${wire.path.length}`
    const statuses = []
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await fault(model)).status)
    expect(statuses).toEqual([500, 500, 200])
  })

  test('is refused by name when there is none of it', async () => {
    const response = await fault('status-99')
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('needs a kind')])
  })
})

describe.each([...WIRES])('the simulated provider at $path', (wire) => {
  test('gives the same bytes for the same seed and the same requests', async () => {
    const texts = []
    for (let run = 0; run < 2; run += 1) {
      const fresh = await openTestProvider(DIALECTS)
      const answers = []
      for (const model of ['smart', 'reason', 'json', 'long', 'flaky?rate=0.5']) {
        answers.push(await (await send(wire, model, { to: fresh })).text())
      }
      texts.push(answers)
      await fresh.close()
    }
    expect(texts[0]).toEqual(texts[1])
  })

  test('asks for a credential in the words of its vendor', async () => {
    const body = JSON.stringify({ model: 'echo' })
    const without = await fetch(provider.url + wire.path, { method: 'POST', body })
    expect(without.status).toBe(401)
    const wrong = await fetch(provider.url + wire.path, {
      method: 'POST',
      body,
      headers: { 'x-api-key': 'no' },
    })
    expect(wrong.status).toBe(401)
    expect(await wrong.text()).toMatch(/Incorrect API key|invalid x-api-key/)
  })

  test('bills what it received, by attempt, with what it reported', async () => {
    await (await send(wire, 'echo', { headers: { 'x-gatehouse-attempt': `att_${wire.path}` } })).text()
    const [entry] = provider.bill.ofAttempt(`att_${wire.path}`)
    expect(entry).toMatchObject({
      model: 'echo',
      stream: true,
      outcome: 'completed',
      status: 200,
      usage: { outputTokens: 5 },
    })
  })

  test('bills refused requests with nothing', async () => {
    await (await send(wire, 'fault?kind=status-429')).text()
    const entry = await provider.bill.settled(lastOrdinal())
    expect(entry).toMatchObject({ outcome: 'refused', status: 429 })
    expect(entry.usage).toBeUndefined()
  })

  test('notices at once that the other side left, and bills what was delivered', async () => {
    const leaving = new AbortController()
    const response = await send(wire, 'long?tps=200', { signal: leaving.signal })
    const reader = response.body?.getReader()
    for (let reads = 0; reads < 6; reads += 1) await reader?.read()
    const ordinal = lastOrdinal()
    const leftAtMs = systemClock.nowMs()
    leaving.abort()
    const entry = await provider.bill.settled(ordinal)
    expect(entry.outcome).toBe('aborted')
    expect((entry.endedAtMs ?? 0) - leftAtMs).toBeLessThan(2_000)
    expect(entry.usage?.outputTokens).toBeWithin(1, 50)
  })

  test('speaks at the pace that was asked for', async () => {
    const startedMs = systemClock.elapsedMs()
    const response = await send(wire, 'echo?ttft=60ms&tps=100')
    await response.text()
    // Five tokens: the first after 60 ms, the last 40 ms later.
    expect(systemClock.elapsedMs() - startedMs).toBeWithin(95, 1_000)
    const unaryMs = systemClock.elapsedMs()
    await (await send(wire, 'echo?ttft=60ms&tps=100', { stream: false })).text()
    expect(systemClock.elapsedMs() - unaryMs).toBeWithin(105, 1_000)
  })

  test('remembers what arrived without remembering credentials', async () => {
    await (await send(wire, 'echo', { headers: { 'x-canary': 'seen' } })).text()
    const last = provider.requests.last()
    expect(last).toMatchObject({ method: 'POST', path: wire.path, headers: { 'x-canary': 'seen' } })
    expect(last?.headerNames).toContain('authorization')
    expect(JSON.stringify(last?.headers)).not.toContain(TEST_CREDENTIAL)
    expect(last?.body?.length).toBe(last?.bodyBytes ?? -1)
    expect(last?.bodyHash).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the simulated provider', () => {
  test('answers other paths and methods with errors', async () => {
    expect((await fetch(`${provider.url}/v2/nothing`)).status).toBe(404)
    expect((await fetch(`${provider.url}/v1/messages`)).status).toBe(405)
  })

  test('writes its bill line by line for others to read', async () => {
    const lines: string[] = []
    const writing = await openSimulatedProvider({
      host: '127.0.0.1',
      port: 0,
      dialects: DIALECTS,
      clock: systemClock,
      seed: 1,
      secret: new Secret(TEST_CREDENTIAL),
      serve: serveHttp,
      appendBill: (line) => lines.push(line),
    })
    const [wire] = WIRES
    await (await send(wire, 'echo', { to: writing, headers: { 'x-gatehouse-attempt': 'att_1' } })).text()
    await writing.bill.settled(1)
    await writing.close()
    expect(lines).toHaveLength(2)
    expect(parseBill(lines.join(''))).toMatchObject([
      { attemptId: 'att_1', model: 'echo', outcome: 'completed' },
    ])
  })

  test('refuses to speak a dialect that no vendor speaks', async () => {
    const unknown = { ...openaiChat, name: 'klingon' }
    expect(openTestProvider([unknown])).rejects.toThrow('no simulated vendor speaks klingon')
  })
})
