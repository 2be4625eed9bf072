import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  parseJson,
  readArray,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { CLIENT_DIALECTS, MODES, PAIRS } from '../modes.ts'
import { ask, type Question } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/*
 * What is said is kept where the configuration says so, as the client asked and got it, and nowhere else: in every client dialect, streamed
 * or not, whether it went well or not.
 */

const CANARY = 'canary-7d1f0c5e-never-kept'
const PERSONAL = [
  'ana.lopez@example.com',
  '4111 1111 1111 1111',
  'DE89 3704 0044 0532 0130 00',
  '+49 30 12345678',
  '192.168.17.23',
  'sk-proj-9f8e7d6c5b4a39281706abcd',
]

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-content-'))
let house: House

beforeAll(async () => {
  house = await openHouse({
    directory,
    providers: (url) =>
      Object.fromEntries(
        CLIENT_DIALECTS.map((dialect) => [`of-${dialect}`, providerEntry(url, { dialects: [dialect] })]),
      ),
    keys: {
      quiet: { allow: ['log'] },
      open: { allow: ['log'] },
      closed: {},
    },
    config: {
      // What is stored for clients that go on from it is another matter, and has its own switch.
      responses: { store: false },
      logs: {
        content: {
          keep: 'none',
          routes: { whole: 'full', masked: 'redacted', broken: 'full', calls: 'full', 'of-*': 'full' },
          keys: { quiet: 'none' },
        },
      },
      routes: {
        plain: ['first/echo'],
        whole: ['first/echo'],
        masked: ['first/echo'],
        calls: ['first/tools'],
        broken: ['first/fault?kind=status-500', 'second/echo'],
      },
    },
  })
})

afterAll(async () => {
  await house.close()
  rmSync(directory, { recursive: true, force: true })
})

const question = (model: string, more: Partial<Question> = {}): Question => ({
  dialect: 'openai-chat',
  mode: 'unary',
  model,
  key: house.key(),
  text: 'Why is the sky blue?',
  ...more,
})

async function admin(path: string, init?: RequestInit): Promise<{ status: number; body: JsonObject }> {
  const response = await house.gateway.askAdmin(path, init)
  return { status: response.status, body: (await response.json()) as JsonObject }
}

const detailIn = ({ body }: { readonly body: JsonObject }): string => readString(body, 'detail') ?? ''

/** What is told of the content of a request whose line is in the log. */
async function contentOf(id: string): Promise<{ status: number; body: JsonObject }> {
  await house.rowOf(id)
  for (;;) {
    const told = await admin(`/api/v1/requests/${id}/content`)
    if (!detailIn(told).includes('in the log')) return told
  }
}

async function keptOf(asked: Question): Promise<JsonObject & { readonly id: string }> {
  const { headers, complete } = await ask(house.url, asked)
  expect(complete).toBe(true)
  const id = headers.get('x-request-id') ?? ''
  const { status, body } = await contentOf(id)
  expect([status, body['detail']]).toEqual([200, undefined])
  return { ...body, id }
}

const saidIn = (content: JsonObject): string =>
  readObjects(readObject(content, 'answer') ?? {}, 'choices')
    .flatMap((choice) => readObjects(choice, 'blocks'))
    .map((block) => readString(block, 'text') ?? '')
    .join('')

const askedIn = (content: JsonObject): JsonObject[] =>
  readObjects(readObject(content, 'request') ?? {}, 'turns').flatMap((turn) => readObjects(turn, 'blocks'))

const changesIn = (content: JsonObject): string[] =>
  readObjects(readObject(content, 'upstream') ?? {}, 'changes').map(
    (change) => `${readString(change, 'change')} ${readString(change, 'path')}`,
  )

describe('what is kept', () => {
  test.each(PAIRS.flatMap((pair) => MODES.map((mode) => ({ ...pair, mode }))))(
    '$dialect → $spoken, $mode: what was asked, what went upstream, and the answer as the client got it',
    async ({ dialect, spoken, lane, mode }) => {
      const model = `of-${spoken}/echo`
      const content = await keptOf(question(model, { dialect, mode }))
      expect(askedIn(content)).toMatchObject([{ type: 'text', text: 'Why is the sky blue?' }])
      expect(saidIn(content)).toBe('Why is the sky blue?')
      expect(content).toMatchObject({ keep: 'full', dialect, failed_attempts: [] })
      expect(readObject(content, 'upstream')).toMatchObject({ dialect: spoken, lane, model: 'echo' })
      expect(readObject(content, 'upstream')?.['not_compared']).toBeUndefined()
    },
  )

  test('what translation changes and drops is told place by place', async () => {
    const asked = question('of-anthropic-messages/echo', { extra: { seed: 7, temperature: 1.5 } })
    const content = await keptOf(asked)
    expect(changesIn(content)).toContain('dropped seed')
    expect(changesIn(content)).toContain('changed model')
    expect(changesIn(content)).toContain('changed temperature')
  })

  test('tool calls and their results, and files as a mention', async () => {
    const picture =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const content = await keptOf({
      ...question('calls'),
      extra: {
        tools: [
          {
            type: 'function',
            function: {
              name: 'look',
              parameters: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] },
            },
          },
        ],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look.' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
            ],
          },
        ],
      },
    })
    expect(askedIn(content)).toMatchObject([
      { type: 'text', text: 'Look.' },
      { type: 'media', kind: 'image', media_type: 'image/png', bytes: Buffer.from(picture, 'base64').length },
    ])
    expect(JSON.stringify(content)).not.toContain(picture)
    const [choice] = readObjects(readObject(content, 'answer') ?? {}, 'choices')
    expect(readArray(choice ?? {}, 'blocks')).toMatchObject([{ type: 'tool-call', name: 'look' }])
    expect(choice?.['finish']).toBe('tool-calls')
  })

  test('what a failed attempt was answered', async () => {
    const content = await keptOf(question('broken'))
    expect(readObjects(content, 'failed_attempts')).toMatchObject([
      { target: 'first/fault?kind=status-500', status: 500, body: expect.stringContaining('had an error') },
      { target: 'first/fault?kind=status-500', status: 500 },
    ])
    expect(readObject(content, 'upstream')?.['target']).toBe('second/echo')
    expect(saidIn(content)).toBe('Why is the sky blue?')
  })

  test('a request that failed altogether', async () => {
    const { headers, status } = await ask(house.url, question('of-openai-chat/fault?kind=status-400'))
    expect(status).toBe(400)
    const { body } = await contentOf(headers.get('x-request-id') ?? '')
    expect(body).toMatchObject({ keep: 'full', ended_by: { code: 'provider-rejected' } })
    expect(body['answer']).toBeUndefined()
  })

  test('is found by what was said, in whatever case, and by nothing else', async () => {
    const { id } = await keptOf(question('whole', { text: 'The Albatross is "large".' }))
    const found = async (q: string) => {
      const { body } = await admin(`/api/v1/requests?q=${encodeURIComponent(q)}`)
      return readObjects(body, 'data').map((row) => row['id'])
    }
    expect(await found('text:albatross')).toEqual([id])
    expect(await found('text:"is \\"large\\"" route:whole')).toEqual([id])
    expect(await found('text:albatross route:broken')).toEqual([])
    // Names of members are no content.
    expect(await found('text:failed_attempts')).toEqual([])
    const refused = await admin(`/api/v1/series?measure=requests&q=text:albatross`)
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      400,
      expect.stringContaining('lists of requests'),
    ])
  })
})

describe('what is not kept', () => {
  test('without a rule: nothing, and it is said why', async () => {
    const { headers } = await ask(house.url, question('plain', { text: CANARY }))
    const { status, body } = await contentOf(headers.get('x-request-id') ?? '')
    expect([status, readObjects(body, 'errors')[0]?.['message']]).toEqual([404, 'rule'])
  })

  test('a key lessens what the route says, and a request what the key lets it', async () => {
    const quiet = await ask(house.url, question('whole', { key: house.key('quiet'), text: CANARY }))
    const told = await contentOf(quiet.headers.get('x-request-id') ?? '')
    expect([told.status, detailIn(told)]).toEqual([404, expect.stringContaining('rule')])

    const headers = { 'x-gatehouse-log': 'none' }
    const silent = await ask(house.url, question('whole', { key: house.key('open'), headers, text: CANARY }))
    const asked = await contentOf(silent.headers.get('x-request-id') ?? '')
    expect([asked.status, detailIn(asked)]).toEqual([404, expect.stringContaining('asked for nothing')])
    const less = { 'x-gatehouse-log': 'redacted' }
    const open = question('whole', {
      key: house.key('open'),
      headers: less,
      text: 'Write to ana.lopez@example.com.',
    })
    expect(saidIn(await keptOf(open))).toBe('Write to [email].')
  })

  test.each([
    ['more than the route', 'plain', 'open', 'full'],
    ['more than the key', 'whole', 'quiet', 'redacted'],
    ['anything, with a key that may not', 'whole', 'closed', 'none'],
  ])('who asks for %s is refused', async (_what, model, key, log) => {
    const headers = { 'x-gatehouse-log': log }
    const { status, error } = await ask(
      house.url,
      question(model, { key: house.key(key), headers, text: CANARY }),
    )
    expect([status, error?.['code']]).toEqual([403, 'override_not_allowed'])
  })

  test('what somebody removes, of one request or of an owner', async () => {
    const { id } = await keptOf(question('whole', { text: 'Forget this.' }))
    expect((await admin(`/api/v1/requests/${id}/content`, { method: 'DELETE' })).body).toEqual({
      removed: 1,
      forgotten: 0,
      cached_answers: 0,
    })
    expect(detailIn(await contentOf(id))).toContain('removed it')
    const second = await keptOf(question('whole', { key: house.key('open'), text: 'And this.' }))
    const { body } = await admin(`/api/v1/requests/${second.id}`)
    const removed = await admin(`/api/v1/content?key=${readString(body, 'key_id') ?? ''}`, {
      method: 'DELETE',
    })
    expect(removed.body['removed']).toBeGreaterThanOrEqual(1)
    expect((await contentOf(second.id)).status).toBe(404)
    expect((await admin('/api/v1/content', { method: 'DELETE' })).status).toBe(400)
  })
})

test('where content is redacted, no personal data and no secret gets into a file; where it is off, nothing that was said does', async () => {
  const said = PERSONAL.map((one) => `It is ${one}, they say.`).join('\n')
  for (const dialect of CLIENT_DIALECTS)
    for (const mode of MODES) await keptOf(question('masked', { dialect, mode, text: said }))
  const hidden = [
    JSON.stringify({ to: PERSONAL[0], card: PERSONAL[1] }),
    btoa(`please write to ${String(PERSONAL[0])} today`),
  ]
  for (const text of hidden) await keptOf(question('masked', { text }))
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  const log = house.gateway.log.join('\n')
  await house.close()
  const database = openDatabase(join(directory, 'gatehouse.db'))
  const bodies = database
    .query<{ body: Uint8Array }, []>(`select body from contents where keep = 'redacted' and body is not null`)
    .all()
    .map(({ body }) => new TextDecoder().decode(Bun.zstdDecompressSync(body)))
  const whole = database
    .query<{ body: Uint8Array }, []>(`select body from contents where body is not null`)
    .all()
    .map(({ body }) => new TextDecoder().decode(Bun.zstdDecompressSync(body)))
  database.close()
  expect(bodies.length).toBeGreaterThanOrEqual(CLIENT_DIALECTS.length * MODES.length + hidden.length)
  for (const body of bodies) parseJson(body)
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
  const everywhere = [...bodies, ...files, metrics, log].join('\n')
  for (const one of PERSONAL) expect([one, everywhere.includes(one)]).toEqual([one, false])
  for (const text of hidden) expect(everywhere.includes(text)).toBe(false)
  expect([...files, ...whole, metrics, log].join('\n')).not.toContain(CANARY)
})
