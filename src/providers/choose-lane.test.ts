import { describe, expect, test } from 'bun:test'
import { Secret } from '../kit/secret.ts'
import type { Codec } from '../dialects/dialect.ts'
import type { Quirks, SpokenDialect, Target } from '../exchange/target.ts'
import { chooseLane, createLaneChooser } from './choose-lane.ts'
import { createWordDialect } from './word-dialect.fixture.ts'

/** `counting` serves two operations, the others one. */
const DIALECTS = new Map(
  [
    createWordDialect({ name: 'plain', places: { chat: '/chat' } }),
    createWordDialect({ name: 'other', places: { chat: '/talk' } }),
    createWordDialect({
      name: 'counting',
      places: { chat: '/messages', 'count-tokens': '/count' },
    }),
  ].map((dialect) => [dialect.name, dialect]),
)

const spoken = (dialect: string, quirks: Quirks = {}): SpokenDialect => ({
  dialect,
  baseUrl: `https://${dialect}.example`,
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  quirks,
})

const target = (...speaks: SpokenDialect[]): Target => ({
  id: 'p/m',
  provider: 'p',
  model: 'm',
  spoken: speaks,
  credentials: [{ id: 'p/default', secret: new Secret('sk'), weight: 1 }],
  timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, silenceMs: 1, totalMs: 1 },
  capabilities: {},
  simulated: false,
})

const broken = { conformant: false }
const uncounted: Quirks = { lacks: ['count-tokens'] }

describe('the lane', () => {
  test.each([
    ['own dialect', [spoken('plain')], 'plain', 'chat', 'native https://plain.example/chat'],
    [
      'own dialect, not first',
      [spoken('other'), spoken('plain')],
      'plain',
      'chat',
      'native https://plain.example/chat',
    ],
    ['another dialect', [spoken('other')], 'plain', 'chat', 'translated https://other.example/talk'],
    [
      'the first of two others',
      [spoken('other'), spoken('counting')],
      'plain',
      'chat',
      'translated https://other.example/talk',
    ],
    [
      'own dialect, spoken badly',
      [spoken('plain', broken)],
      'plain',
      'chat',
      'translated https://plain.example/chat',
    ],
    [
      'a dialect nobody knows',
      [spoken('martian'), spoken('other')],
      'plain',
      'chat',
      'translated https://other.example/talk',
    ],
    [
      'counting where it is served',
      [spoken('plain'), spoken('counting')],
      'counting',
      'count-tokens',
      'native https://counting.example/count',
    ],
    [
      'counting for another client',
      [spoken('plain'), spoken('counting')],
      'plain',
      'count-tokens',
      'translated https://counting.example/count',
    ],
    [
      'counting where it is not served',
      [spoken('counting', uncounted)],
      'counting',
      'count-tokens',
      undefined,
    ],
    ['counting in a dialect without it', [spoken('plain')], 'counting', 'count-tokens', undefined],
  ] as const)('for %s', (_case, speaks, clientDialect, operation, expected) => {
    const choice = chooseLane({
      target: target(...speaks),
      clientDialect,
      operation,
      stream: false,
      dialects: DIALECTS,
    })
    expect(choice === undefined ? undefined : `${choice.lane} ${choice.url}`).toBe(expected)
  })

  test.each([
    ['of our own making', {}, false],
    ['that only answers otherwise', { reasoningField: 'reasoning', reasoningTokens: 'outside' }, false],
    ['that lacks what was not asked for', uncounted, false],
    ['that takes no images by URL', { imageUrls: false }, true],
    ['with a quirk that this dialect knows nothing of', { developerRole: 'system' }, false],
    ['that calls the output limit otherwise', { maxTokensParam: 'max_tokens' }, false],
    ['that answers badly', broken, true],
  ] as const)('has the request written anew for a server %s: %j', (_case, quirks, rewrites) => {
    const choice = chooseLane({
      target: target(spoken('plain', quirks)),
      clientDialect: 'plain',
      operation: 'chat',
      stream: false,
      dialects: DIALECTS,
    })
    expect(choice?.rewrites).toBe(rewrites)
  })

  test('is chosen once per target, dialect, operation and mode', () => {
    const choose = createLaneChooser(DIALECTS)
    const one = target(spoken('plain'), spoken('counting'))
    const chat = { operation: 'chat', stream: false } as const
    expect(choose(one, 'plain', chat)).toBe(choose(one, 'plain', chat))
    expect(choose(one, 'plain', chat)).not.toBe(choose(one, 'plain', { ...chat, stream: true }))
    expect(choose(one, 'counting', chat)?.lane).toBe('native')
    expect(choose(one, 'plain', { ...chat, operation: 'count-tokens' })?.spoken.dialect).toBe('counting')
    expect(choose(target(spoken('other')), 'plain', chat)?.lane).toBe('translated')
  })

  test('leads to where the dialect asks for the model and the mode', () => {
    const plain = createWordDialect({ name: 'plain' })
    const chat: Codec<'chat'> | undefined = plain.codecs.chat
    if (chat === undefined) throw new Error('no chat')
    const providerEndpoint: Codec['providerEndpoint'] = ({ model, stream }) => ({
      method: 'POST',
      path: `/models/${model}:${stream ? 'stream' : 'answer'}`,
    })
    const choose = createLaneChooser(
      new Map([['plain', { ...plain, codecs: { chat: { ...chat, providerEndpoint } } }]]),
    )
    const urlOf = (stream: boolean) =>
      choose(target(spoken('plain')), 'plain', { operation: 'chat', stream })?.url
    expect(urlOf(true)).toBe('https://plain.example/models/m:stream')
    expect(urlOf(false)).toBe('https://plain.example/models/m:answer')
  })

  test('is rewritten where the dialect has no way to pass requests on', () => {
    const plain = createWordDialect({ name: 'plain' })
    const { passRequest: _passRequest, ...chat } = plain.codecs.chat ?? {}
    const dialects = new Map([['plain', { ...plain, codecs: { chat: chat as Codec<'chat'> } }]])
    const choice = chooseLane({
      target: target(spoken('plain')),
      clientDialect: 'plain',
      operation: 'chat',
      stream: false,
      dialects,
    })
    expect(choice).toMatchObject({ lane: 'native', rewrites: true })
  })
})
