import { afterAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createHookCheck } from '../guardrails/hooks/ask-hook.ts'
import { CONTRACTS } from '../guardrails/hooks/all.ts'
import type { CheckFinding } from '../guardrails/check.ts'
import type { PostLetter } from '../guardrails/hooks/letter.ts'
import { createHttpClient } from '../kit/http-client.ts'
import { createIds } from '../kit/ids.ts'
import {
  openRawUpstream,
  RAW_STREAM,
  rawAnswer,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../kit/raw-upstream.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { createTickingClock } from '../kit/ticking-clock.fixture.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { createPostLetter } from './post-letter.ts'

/** Two seconds pass in 200 ms. */
const clock = createTickingClock(50)
clock.start()
const http = createHttpClient({ clock })
const random = createSeededRandom(1)
const servers: RawUpstream[] = []
afterAll(async () => {
  clock.stop()
  http.close()
  for (const server of servers) await server.close()
})

const createPost = (): PostLetter => createPostLetter({ http, clock, random, ids: createIds(clock, random) })

async function serve(script: (call: RawCall) => void | Promise<void>): Promise<RawUpstream> {
  const server = await openRawUpstream(script)
  servers.push(server)
  return server
}

const KEY = 'key-that-nobody-sees'
const WORDS = 'words that nobody sees'
const SIGNING_KEY = Buffer.alloc(32, 7)
const LIMIT_MS = 2_000

interface Asking {
  readonly url: string
  readonly post?: PostLetter
  readonly isPrivate?: boolean
  readonly signal?: AbortSignal
  readonly type?: string
  readonly options?: object
  readonly texts?: readonly string[]
}

/** The first piece of what a process writes. */
async function* takeFirst(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const bytes of output) return yield new TextDecoder().decode(bytes)
}

function ask({
  url,
  post = createPost(),
  isPrivate = true,
  signal = new AbortController().signal,
  type = 'generic',
  options = { key: 'env:KEY', secret: 'env:SIGNING' },
  texts = [WORDS],
}: Asking): Promise<CheckFinding> {
  const written = CONTRACTS.find((one) => one.type === type)?.read({ url, ...options })
  if (written === undefined || !('open' in written)) throw new Error('not read')
  const hook = written.open((reference) =>
    reference === undefined
      ? undefined
      : new Secret(reference === 'env:KEY' ? KEY : `whsec_${SIGNING_KEY.toString('base64')}`),
  )
  if (hook === undefined || 'message' in hook) throw new Error('not open')
  const check = createHookCheck(hook, {
    guardrail: 'guard',
    isPrivate,
    letters: { post },
    needsPlaces: false,
    limitMs: LIMIT_MS,
  })
  return check.judge({ phase: 'input', texts, exchange: sampleExchange(), signal })
}

/** Why it could not be asked. Nothing of what was said, and no key. */
async function whyNot(asking: Asking): Promise<string> {
  const thrown: unknown = await ask(asking).then(
    (finding) => finding,
    (failure: unknown) => failure,
  )
  expect(thrown).toHaveProperty('name', 'HookFailure')
  const told = Bun.inspect(thrown)
  for (const secret of [KEY, WORDS, 'nobody sees', '127.0.0.1']) expect(told).not.toContain(secret)
  return String(thrown)
}

const FOUND = rawAnswer('{"found":[{"name":"words","text":0,"start":0,"end":5}]}')

describe('a server that answers', () => {
  test('is asked by a signed message, on one connection, and once more where that was closed meanwhile', async () => {
    const post = createPost()
    const server = await serve((call) => {
      call.write(FOUND)
      if (call.request === 2) call.end()
    })
    for (let time = 0; time < 4; time += 1)
      expect(await ask({ url: server.url, post })).toMatchObject({ found: { words: 1 } })
    expect(server.connections()).toBeLessThanOrEqual(3)
    const { head, body } = server.calls[0] as RawCall
    const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? ''
    expect(header('authorization')).toBe(`Bearer ${KEY}`)
    expect(header('accept-encoding')).toBe('identity')
    const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${body}`
    const signature = createHmac('sha256', SIGNING_KEY).update(signed).digest('base64')
    expect(header('webhook-signature')).toBe(`v1,${signature}`)
    expect(JSON.parse(body)).toMatchObject({ data: { texts: [WORDS] } })
  })

  test('the one of the example knows who asks, and says where its words stand', async () => {
    const file = join(import.meta.dir, '../../examples/guard-server.ts')
    const secret = `whsec_${SIGNING_KEY.toString('base64')}`
    const example = Bun.spawn([process.execPath, file, '0'], {
      env: { WEBHOOK_SECRET: secret },
      stdout: 'pipe',
    })
    const [line = ''] = await Array.fromAsync(takeFirst(example.stdout))
    const [url = ''] = /http\S+/.exec(line) ?? []
    const post = createPostLetter({
      http,
      clock: { ...clock, nowMs: () => Date.now() },
      random,
      ids: createIds(clock, random),
    })
    const text = `${WORDS} of a Black Swan`
    const finding = await ask({ url, post, texts: [text, 'nothing'] })
    expect(finding).toEqual({
      found: { 'code-name': 1 },
      places: new Map([[text, [{ name: 'code-name', start: text.indexOf('Black'), end: text.length }]]]),
    })
    expect(await whyNot({ url })).toContain('status 401')
    example.kill()
  })

  test('Bedrock is asked by a request that is signed for its region', async () => {
    const server = await serve((call) => call.write(rawAnswer('{"action":"NONE","assessments":[]}')))
    const options = {
      region: 'eu-central-1',
      guardrail: 'abc1',
      access_key: 'env:KEY',
      secret_key: 'env:SIGNING',
    }
    expect(await ask({ url: server.url, type: 'bedrock', options })).toEqual({})
    const { head } = server.calls[0] as RawCall
    expect(head).toStartWith('POST /guardrail/abc1/version/DRAFT/apply ')
    expect(head).toMatch(
      /^authorization: AWS4-HMAC-SHA256 Credential=\S+\/eu-central-1\/bedrock\/aws4_request/im,
    )
  })
})

describe('a server that does not', () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000, '['))
  const lie = 'application/json'

  test.each<[string, (call: RawCall) => void | Promise<void>, string]>([
    ['hangs', () => {}, 'it took too long'],
    ['hangs within its answer', (call) => call.write(`${RAW_STREAM}2\r\n{"`), 'it took too long'],
    [
      'never comes to an end',
      async (call) => {
        call.write(RAW_STREAM)
        while (await call.wait(1)) call.chunk(' '.repeat(100_000))
      },
      'it answered more than is read',
    ],
    [
      'announces more than anybody reads',
      (call) => call.write(rawHead('200 OK', { 'content-length': 9e9 })),
      'it answered more than is read',
    ],
    ['fails', (call) => call.write(rawHead('500 No', { 'content-length': 0 })), 'status 500'],
    ['refuses', (call) => call.write(rawHead('401 No', { 'content-length': 0 })), 'status 401'],
    ['breaks off', (call) => call.reset(), 'connection-reset'],
    ['is no server of HTTP', (call) => call.write('SSH-2.0-OpenSSH\r\n'), 'connection-reset'],
    [
      'packs a bomb',
      (call) =>
        call.write(
          Buffer.concat([
            Buffer.from(
              rawHead('200 OK', {
                'content-type': lie,
                'content-encoding': 'gzip',
                'content-length': bomb.length,
              }),
            ),
            bomb,
          ]),
        ),
      'a coding that it was not asked for',
    ],
    ['writes a page', (call) => call.write(rawAnswer('<html>')), 'no JSON'],
    ['writes bytes', (call) => call.write(rawAnswer('\u0000\uFFFF')), 'no JSON'],
    ['writes something else', (call) => call.write(rawAnswer('{"verdict":true}')), 'another form'],
    [
      'finds a million places',
      (call) => call.write(rawAnswer(`{"found":[${'{"name":"a"},'.repeat(79_000)}{"name":"a"}]}`)),
      'more than can be looked at',
    ],
  ])('%s', async (_name, script, why) => {
    const server = await serve(script)
    const startedMs = clock.elapsedMs()
    expect(await whyNot({ url: server.url })).toContain(why)
    expect(clock.elapsedMs() - startedMs).toBeLessThan(2 * LIMIT_MS)
  })

  test('sends inwards: redirects are not followed', async () => {
    const inside = await serve((call) => call.write(FOUND))
    const outside = await serve((call) =>
      call.write(rawHead('307 Elsewhere', { location: inside.url, 'content-length': 0 })),
    )
    expect(await whyNot({ url: outside.url })).toContain('redirects are not followed')
    expect(inside.calls).toHaveLength(0)
  })

  test('is at an address of our own network: asked only where the file says so', async () => {
    const server = await serve((call) => call.write(FOUND))
    for (const url of [server.url, server.url.replace('http:', 'https:')])
      expect(await whyNot({ url, isPrivate: false })).toContain('private: true')
    expect(server.calls).toHaveLength(0)
  })

  test('is not there', async () => {
    const server = await serve(() => {})
    await server.close()
    expect(await whyNot({ url: server.url })).toContain('connect-failed')
  })
})

describe('a server that is away', () => {
  test('is left alone for some seconds, and asked again by one', async () => {
    const post = createPost()
    let isAway = true
    const server = await serve((call) =>
      call.write(isAway ? rawHead('503 Away', { 'content-length': 0 }) : FOUND),
    )
    for (let time = 0; time < 5; time += 1)
      expect(await whyNot({ url: server.url, post })).toContain('status 503')
    expect(await whyNot({ url: server.url, post })).toContain('left alone for a while')
    expect(server.calls).toHaveLength(5)
    const other = await serve((call) => call.write(FOUND))
    expect(await ask({ url: other.url, post })).toMatchObject({ found: { words: 1 } })
    isAway = false
    clock.advance(15_000)
    expect(await ask({ url: server.url, post })).toMatchObject({ found: { words: 1 } })
    expect(await ask({ url: server.url, post })).toMatchObject({ found: { words: 1 } })
  })

  test('is asked again by all letters of one request, which are many or one', async () => {
    const post = createPost()
    let isAway = true
    const server = await serve((call) =>
      call.write(isAway ? rawHead('503 Away', { 'content-length': 0 }) : rawAnswer('[]')),
    )
    const asking = {
      url: server.url,
      post,
      type: 'presidio',
      options: {},
      texts: ['x'.repeat(90_000)],
    }
    for (let time = 0; time < 5; time += 1) expect(await whyNot(asking)).toContain('status 503')
    expect(await whyNot(asking)).toContain('left alone for a while')
    isAway = false
    clock.advance(15_000)
    const [one, other] = await Promise.allSettled([ask(asking), ask(asking)])
    expect([one.status, other.status]).toEqual(['fulfilled', 'rejected'])
    expect(await ask(asking)).toEqual({})
  })

  test('is not away because clients leave, or because it refuses', async () => {
    const post = createPost()
    const hanging = await serve(() => {})
    for (let time = 0; time < 6; time += 1) {
      const client = new AbortController()
      const asked = whyNot({ url: hanging.url, post, signal: client.signal })
      client.abort()
      expect(await asked).toContain('nobody waits')
    }
    const strict = await serve((call) => call.write(rawHead('403 No', { 'content-length': 0 })))
    for (let time = 0; time < 6; time += 1)
      expect(await whyNot({ url: strict.url, post })).toContain('status 403')
    expect(strict.calls).toHaveLength(6)
  })
})
