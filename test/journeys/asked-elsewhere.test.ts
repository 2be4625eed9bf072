import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { MODES, type ClientDialect, type Mode } from '../modes.ts'
import { ask } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * Guardrails that ask another server: what it has found is masked and put back, kept from the client, or told; where it does not answer,
 * nothing goes on that may not. What it is told and its key stand nowhere else.
 */

const NAME = 'Ana 😀 Lopez'
const KEY = 'key-of-the-guard'

interface Heard {
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

const heard: Heard[] = []
let house: House

/** Speaks as three kinds of servers do, by the path. */
const guard = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    const { pathname: path } = new URL(request.url)
    const body = await request.text()
    heard.push({ path, headers: request.headers, body })
    const said = JSON.parse(body) as { readonly text: string }
    if (path === '/people/analyze') return Response.json(peopleIn(said.text))
    if (path === '/harm/contentsafety/text:analyze') return Response.json(harmIn(said.text))
    return new Response(`no: ${body}`, { status: 500 })
  },
})

/** As Python counts. */
function peopleIn(text: string): readonly object[] {
  const characters = Array.from(text)
  const name = Array.from(NAME)
  return characters.flatMap((_, start) =>
    characters.slice(start, start + name.length).join('') === NAME
      ? [{ entity_type: 'PERSON', start, end: start + name.length, score: 0.85 }]
      : [],
  )
}

function harmIn(text: string): object {
  return {
    blocklistsMatch: [],
    categoriesAnalysis: [{ category: 'Violence', severity: text.includes('kill') ? 4 : 0 }],
  }
}

beforeAll(async () => {
  const at = (path: string) => ({ url: `http://127.0.0.1:${guard.port}${path}`, private: true })
  const harm = { type: 'azure', ...at('/harm'), key: 'env:GUARD_KEY', look_for: ['harm'] }
  house = await openHouse({
    config: {
      routes: {
        people: ['first/echo'],
        harm: ['first/echo'],
        away: ['first/echo'],
        'away-allowed': ['first/echo'],
      },
      guardrails: {
        people: {
          webhook: { type: 'presidio', ...at('/people'), key: 'env:GUARD_KEY' },
          action: 'mask',
          routes: ['people'],
        },
        harm: { webhook: harm, action: 'block', phases: ['output'], routes: ['harm'] },
        away: { webhook: { type: 'generic', ...at('/away') }, action: 'block', routes: ['away'] },
        'away-allowed': {
          webhook: { type: 'generic', ...at('/away') },
          action: 'mask',
          on_error: 'allow',
          routes: ['away-allowed'],
        },
      },
    } as never,
    environment: { GUARD_KEY: KEY },
  })
})

afterAll(async () => {
  const { requests } = await house.close()
  const written = JSON.stringify(requests, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(requests.length).toBeGreaterThan(0)
  for (const secret of [KEY, NAME]) expect(written).not.toContain(secret)
  await guard.stop(true)
})

const say = (model: string, text: string, mode: Mode, dialect: ClientDialect = 'openai-chat') =>
  ask(house.url, { dialect, mode, model, key: house.key(), text, maxTokens: 256 })

describe.each(MODES)('%s', (mode) => {
  test.each(['openai-chat', 'anthropic-messages'] as const)(
    'whom it has found is masked, and put back in the answer: %s',
    async (dialect) => {
      const before = house.provider.requests.all().length
      const answer = await say('people', `Write to ${NAME}, please.`, mode, dialect)
      expect(answer).toMatchObject({
        status: 200,
        text: `Write to ${NAME}, please.`,
        complete: true,
      })
      expect(answer.headers.get('x-gatehouse-guardrails')).toBe('people=masked(1)')
      const bodies = house.provider.requests
        .all()
        .slice(before)
        .map(({ body }) => new TextDecoder().decode(body))
      expect(bodies).toHaveLength(1)
      expect(bodies[0]).toMatch(/Write to <PERSON_[0-9A-Z]{4}>, please\./)
      const [asked] = heard.splice(0).filter(({ body: told }) => told.includes(NAME))
      expect(asked).toMatchObject({ path: '/people/analyze' })
      expect(asked?.headers.get('authorization')).toBe(`Bearer ${KEY}`)
    },
  )

  test('what it has found in an answer is not told', async () => {
    expect(await say('harm', 'I am well.', mode)).toMatchObject({ status: 200, text: 'I am well.' })
    const answer = await say('harm', 'I will kill you.', mode)
    expect(answer.status).toBe(400)
    expect(answer.wire).not.toContain('kill')
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(row.decision).toContain('{"guardrail":"harm","verdict":"blocked","found":{"violence":1}}')
  })

  test('where it fails nothing goes on, but where that is allowed', async () => {
    expect(await say('away', 'Hello.', mode)).toMatchObject({
      status: 503,
      error: { code: 'guardrail_failed' },
    })
    const allowed = await say('away-allowed', 'Hello.', mode)
    expect(allowed).toMatchObject({ status: 200, text: 'Hello.' })
    expect(allowed.headers.get('x-gatehouse-guardrails')).toBe('away-allowed=failed')
  })
})
