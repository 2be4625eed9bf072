import { describe, expect, test } from 'bun:test'
import { createSeededRandom } from '../kit/random.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import { Secret } from '../kit/secret.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import type { Plan } from '../gateway/plan.ts'
import { SIMULATOR, compileText, problemsOf, type Surroundings } from './compile.fixture.ts'
import { describePlan } from './describe-plan.ts'

const minted = mintKey({
  environment: 'live',
  random: createSeededRandom(7),
  hmac: (secret) => hmacSha256Hex('pepper', secret),
})
const environment = {
  OPENAI_API_KEY: 'sk-1',
  ANTHROPIC_API_KEY: 'sk-2',
  HELPDESK_KEY: minted.text.reveal(),
  SHORT: 'fifteen-letters',
}
const planOf = (text: string, around: Surroundings = {}): Plan => {
  const { plan, problems } = compileText(text, { environment, ...around })
  if (plan === undefined) throw new Error(JSON.stringify(problems))
  return plan
}
const targetIds = (plan: Plan, model: string): string[] =>
  plan.resolveRoute(model)?.targets.map(({ target }) => target.id) ?? []

describe('mistakes in what a configuration refers to', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['an unknown provider', 'providers: { opnai: {} }', 'providers.opnai: there is no provider opnai'],
    ['an unknown type', 'providers: { a: { type: opnai } }', 'providers.a.type: there is no provider opnai'],
    ['a provider without a key', 'providers: { groq: {} }', 'Set GROQ_API_KEY, or write key: env:NAME.'],
    [
      'key beside keys',
      'providers: { openai: { key: env:OPENAI_API_KEY, keys: [{ name: a, value: env:OPENAI_API_KEY }] } }',
      'key and keys exclude each other',
    ],
    [
      'two credentials of one name',
      'providers: { openai: { keys: [{ name: a, value: env:OPENAI_API_KEY }, { name: a, value: env:ANTHROPIC_API_KEY }] } }',
      'providers.openai.keys[1].name: two keys are called a',
    ],
    [
      'a missing setting of an address',
      'providers: { cloudflare: { key: env:OPENAI_API_KEY } }',
      'providers.cloudflare: needs the setting account_id',
    ],
    [
      'an unknown dialect',
      'providers: { mine: { base_url: http://gpu1/v1, dialects: [opnai-chat] } }',
      'providers.mine.dialects[0]: there is no dialect opnai-chat',
    ],
    [
      'a dialect that is misspelt',
      'providers: { mine: { base_url: http://gpu1/v1, dialects: [openai-chat, antropic-messages] } }',
      'Did you mean "anthropic-messages"?',
    ],
    [
      'a quirk that no dialect of the provider obeys',
      'providers: { mine: { base_url: http://gpu1/v1, dialects: [anthropic-messages], quirks: { max_tokens_param: max_tokens } } }',
      'providers.mine.quirks.max_tokens_param: means nothing in anthropic-messages',
    ],
    [
      'a dialect that the provider does not speak',
      'providers: { eu: { type: openai, key: env:OPENAI_API_KEY, dialects: [anthropic-messages] } }',
      'providers.eu.dialects[0]: OpenAI does not speak anthropic-messages',
    ],
    ['a target at an unknown provider', 'routes: { a: [smi/smart] }', 'Did you mean "sim/smart"?'],
    ['a target that is a route', 'routes: { a: [sim/smart], b: [a] }', 'routes.b.targets[0]: a is a route'],
    [
      'a target that is nothing',
      'models: { fast: sim/smart }\nroutes: { a: [fats] }',
      'Did you mean "fast"?',
    ],
    [
      'an empty list of targets',
      'routes: { a: [] }',
      'routes.a: expected at least one target, found an empty list',
    ],
    ['a target twice', 'routes: { a: [sim/smart, sim/smart] }', 'sim/smart stands in this route twice'],
    [
      'weights that sum to nothing',
      'routes: { a: { strategy: weighted, targets: [{ model: sim/smart, weight: 0 }] } }',
      'the weights are all 0',
    ],
    [
      'a weight without meaning',
      'routes: { a: [{ model: sim/smart, weight: 3 }] }',
      'a weight means nothing in the strategy ordered',
    ],
    [
      'a route called as an alias',
      'models: { a: sim/smart }\nroutes: { a: [sim/echo] }',
      'a is also an alias in models',
    ],
    ['a star without a filling', 'routes: { a: ["sim/*"] }', 'there is nothing to fill the * with'],
    ['aliases in a circle', 'models: { a: b, b: c, c: a }', 'the aliases go in a circle: b → c → a → b'],
    [
      'an alias for provider/model',
      'models: { sim/a: sim/b }',
      'expected facts about the model, found an alias',
    ],
    ['facts about nothing', 'models: { a: { context: 5k } }', 'expected an alias, found facts about a model'],
    ['facts at an unknown provider', 'models: { smi/a: { context: 5k } }', 'there is no provider smi'],
    [
      'a route whose providers are all off',
      'providers: { sim: { enabled: false } }\nroutes: { a: [sim/smart] }',
      'switched off',
    ],
    [
      'a key of another make',
      'keys: [{ name: a, value: env:OPENAI_API_KEY }]',
      'this is not a Gatehouse key',
    ],
    [
      'two keys of one name',
      'keys: [{ name: a, value: env:HELPDESK_KEY }, { name: a, value: env:HELPDESK_KEY }]',
      'two keys are called a',
    ],
    [
      'one key twice',
      'keys: [{ name: a, value: env:HELPDESK_KEY }, { name: b, value: env:HELPDESK_KEY }]',
      'the key of a is used a second time',
    ],
    [
      'an unknown project',
      'keys: [{ name: a, value: env:HELPDESK_KEY, project: grwth }]\nprojects: { growth: {} }',
      'Did you mean "growth"?',
    ],
    [
      'a key wider than its project',
      'keys: [{ name: a, value: env:HELPDESK_KEY, project: p, models: [openai/*] }]\nprojects: { p: { models: [sim/*] } }',
      'the project p may not use openai/*',
    ],
    [
      'an admin token that can be guessed',
      'server: { admin_token: env:SHORT }',
      'must be at least 16 characters',
    ],
    ['an open admin listener', 'server: { admin_host: 0.0.0.0 }', 'needs an admin_token to bind to 0.0.0.0'],
  ]
  test.each(cases)('%s', (_name, text, expected) => {
    expect(problemsOf(text, { environment })).toContain(expected)
    expect(compileText(text, { environment }).plan).toBeUndefined()
  })

  test('all of them are reported together, in the order of the file', () => {
    const text = 'routes:\n  a: [smi/x]\n  b: [nope]\nkeys:\n  - { name: a, value: env:NOPE }\n'
    const lines = compileText(text).problems.map(({ line }) => line)
    expect(lines).toEqual([2, 3, 5])
  })

  test('a broken provider is one mistake, not one more for every route that names it', () => {
    const { problems } = compileText('providers: { groq: {} }\nroutes: { a: [groq/llama], b: [groq/x] }')
    expect(problems).toHaveLength(1)
  })
})

describe('names of models', () => {
  const plan = planOf(
    [
      'providers: { openai: env:OPENAI_API_KEY, anthropic: env:ANTHROPIC_API_KEY, sim: {} }',
      'models: { fast: [openai/mini, sim/smart], quick: fast }',
      'routes:',
      '  smart: [anthropic/sonnet, fast]',
      '  team-*: [openai/mini]',
      '  team-blue-*: [sim/smart]',
      '  claude-*: ["anthropic/claude-*"]',
      '  openai/gpt-old: [openai/gpt-new]',
    ].join('\n'),
  )

  test('a route leads to its targets, aliases inside it are unfolded', () => {
    expect(targetIds(plan, 'smart')).toEqual(['anthropic/sonnet', 'openai/mini', 'sim/smart'])
  })

  test('an alias may stand for another', () => {
    expect(targetIds(plan, 'quick')).toEqual(['openai/mini', 'sim/smart'])
  })

  test('the longest wildcard wins, and its star is carried over', () => {
    expect(targetIds(plan, 'team-red')).toEqual(['openai/mini'])
    expect(targetIds(plan, 'team-blue-1')).toEqual(['sim/smart'])
    expect(targetIds(plan, 'claude-x')).toEqual(['anthropic/claude-x'])
    expect(plan.resolveRoute('claude-x')?.name).toBe('claude-*')
  })

  test('every provider/model is reachable, and a route may answer for one', () => {
    expect(targetIds(plan, 'openai/anything-new')).toEqual(['openai/anything-new'])
    expect(targetIds(plan, 'openai/gpt-old')).toEqual(['openai/gpt-new'])
  })

  test('names of nothing are nothing', () => {
    for (const name of ['', 'gpt', 'nobody/gpt', 'openai/', '/x', `openai/${'x'.repeat(1_000)}`]) {
      expect(plan.resolveRoute(name)).toBeUndefined()
    }
  })

  test('names that no file could hold are nothing, whatever they begin with', () => {
    for (const name of ['openai/a b', 'openai/a\nb', 'openai/a\u0000', 'claude-\r\n', 'openai/a\u0085'])
      expect(plan.resolveRoute(name)).toBeUndefined()
  })

  test('a name that is asked for again is the same route, and what is remembered is bounded', () => {
    const first = plan.resolveRoute('openai/one')
    expect(plan.resolveRoute('openai/one')).toBe(first)
    for (let count = 0; count <= LIMITS.resolvedRoutes; count += 1) plan.resolveRoute(`openai/m${count}`)
    expect(plan.resolveRoute('openai/one')).not.toBe(first)
  })

  test('routes, aliases and known models are listed, and for wildcards what stands behind them', () => {
    expect(plan.models.map(({ id }) => id)).toEqual([
      'auto',
      'smart',
      'openai/gpt-old',
      'fast',
      'quick',
      'openai/gpt-6-luna',
      'anthropic/claude-sonnet-4-6',
      'sim/smart',
      'anthropic/sonnet',
      'openai/mini',
      'openai/gpt-new',
      'claude-one',
      'claude-two',
    ])
  })
})

describe('the route auto', () => {
  test('leads to whoever was found, the simulator last', () => {
    const found = [
      SIMULATOR,
      { name: 'openai', from: 'OPENAI_API_KEY', secret: new Secret('sk-1') },
      { name: 'ollama', from: '127.0.0.1:11434', models: ['qwen3:8b'] },
    ]
    expect(targetIds(planOf('', { found }), 'auto')).toEqual([
      'openai/gpt-6-luna',
      'ollama/qwen3:8b',
      'sim/smart',
    ])
  })

  test('leads to the simulator alone when nothing was found', () => {
    expect(targetIds(planOf(''), 'auto')).toEqual(['sim/smart'])
  })

  test('never leads to invented answers when the file declares providers without the simulator', () => {
    expect(targetIds(planOf('providers: { openai: env:OPENAI_API_KEY }'), 'auto')).toEqual([
      'openai/gpt-6-luna',
    ])
  })

  test('is what the file says when it says so', () => {
    expect(targetIds(planOf('routes: { auto: [sim/echo] }'), 'auto')).toEqual(['sim/echo'])
  })
})

describe('a model that is retired, or soon will be', () => {
  const environment = { K: 'k' }
  const providers = 'providers: { openai: { key: env:K }, anthropic: { key: env:K } }'
  const warned = (rest: string): string => problemsOf(`${providers}\n${rest}`, { environment })

  test.each([
    [
      'routes: { a: [openai/o1] }',
      'routes.a.targets[0]: openai/o1 was retired on 2026-10-23',
      'recommends openai/gpt-5.6-sol',
    ],
    ['routes: { a: [openai/gpt-5] }', 'openai/gpt-5 will be retired on 2026-12-11', 'openai/gpt-6.1-sol'],
    ['models: { a: openai/gpt-5 }', 'models.a: openai/gpt-5 will be retired', 'openai/gpt-6.1-sol'],
    [
      'routes: { a: [openai/x] }\nmodels: { openai/x: { retires: 2026-11-05, successor: y } }',
      'openai/x will be retired on 2026-11-05',
      'recommends openai/y',
    ],
    [
      'routes: { a: { targets: [openai/y], fallback: { to: [openai/x] } } }\nmodels: { openai/x: { retires: 2026-11-05 } }',
      'routes.a.fallback.to[0]: openai/x will be retired',
      'Choose another model',
    ],
  ])('is warned of, and asked all the same: %s', (rest, message, hint) => {
    const problems = warned(rest)
    expect(problems).toContain('warning: ')
    expect(problems).toContain(message)
    expect(problems).toContain(hint)
    const plan = planOf(`${providers}\n${rest}`, { environment })
    expect(plan.resolveRoute('a')).toBeDefined()
  })

  test.each([
    'routes: { a: [openai/gpt-4o] }',
    'routes: { a: [anthropic/claude-haiku-4-5] }',
    'routes: { a: [openai/o1] }\nmodels: { openai/o1: { retires: 2028-01-01 } }',
    'routes: { "a-*": [openai/*] }',
  ])('is none that ends later, at a day that is not announced, or not by the file: %s', (rest) => {
    expect(warned(rest)).toBe('')
  })
})

test('at a regional address the same costs more, where the provider says so', () => {
  const plan = planOf(
    'providers: { eu: { type: openai, base_url: "https://eu.api.openai.com/v1", key: env:K } }',
    { environment: { K: 'k' } },
  )
  const priceAt = (model: string) => plan.resolveRoute(model)?.targets[0]?.target.price
  expect(priceAt('eu/gpt-5.5')).toMatchObject({
    id: 'catalogue:gpt-5.5*11/10',
    input: 2_200_000n,
    output: 8_800_000n,
  })
  expect(priceAt('eu/gpt-4o')).toMatchObject({ id: 'catalogue:gpt-4o', input: 2_000_000n })
})

describe('a provider whose models are all known', () => {
  const catalogue = {
    models: ['smart', 'slow', 'embed'],
    plainName: (model: string) => model.split('?', 1)[0] ?? '',
  }
  const found = [{ ...SIMULATOR, catalogue }]

  test.each([
    ['routes: { a: [sim/smrt] }', 'routes.a.targets[0]', 'Did you mean "sim/smart"?'],
    ['routes: { a: ["sim/slw?ttft=2s"] }', 'routes.a.targets[0]', 'Did you mean "sim/slow?ttft=2s"?'],
    ['models: { fast: sim/smrt }', 'models.fast', 'Did you mean "sim/smart"?'],
    ['projects: { p: { models: [sim/*, sim/smrt] } }', 'projects.p.models[1]', 'Did you mean "sim/smart"?'],
    [
      'keys: [{ name: k, value: env:KEY, models: [smart, sim/smrt] }]',
      'keys[0].models[1]',
      'Did you mean "sim/smart"?',
    ],
    ['models: { sim/smrt: { context: 5k } }', 'models.sim/smrt', 'Did you mean "sim/smart"?'],
    ['routes: { a: [sim/elephant] }', 'routes.a.targets[0]', 'It has smart, slow, embed.'],
    ['providers: { mine: { type: sim } }\nroutes: { a: [mine/smrt] }', 'routes.a', '"mine/smart"'],
  ])('has no other: %s', (text, place, hint) => {
    const problems = problemsOf(text, { found })
    expect(problems).toContain(place)
    expect(problems).toContain(hint)
  })

  test('has those, with whatever stands behind their names, and what a pattern leads to is judged when it is asked for', () => {
    const plan = planOf('routes: { "a-*": [sim/*], b: ["sim/slow?ttft=2s"] }', { found })
    expect(targetIds(plan, 'b')).toEqual(['sim/slow?ttft=2s'])
    expect(targetIds(plan, 'a-smart')).toEqual(['sim/smart'])
    expect(plan.resolveRoute('a-smrt')).toBeUndefined()
    expect(plan.resolveRoute('sim/smrt')).toBeUndefined()
  })

  test('is another server at another address, of whose models nothing is known', () => {
    const text = 'providers: { far: { type: sim, base_url: "http://far:1/v1" } }\nroutes: { a: [far/own] }'
    expect(targetIds(planOf(text, { found }), 'a')).toEqual(['far/own'])
  })
})

describe('keys', () => {
  test('a provider that brings its credential along keeps it under every name that the file gives it', () => {
    const found = [{ ...SIMULATOR, secret: new Secret('simulated') }]
    const plan = planOf('providers: { chat: { type: sim, dialects: [openai-chat] } }', { found })
    const target = plan.resolveRoute('chat/smart')?.targets[0]?.target
    expect(target?.credentials.map(({ id, secret }) => [id, secret.reveal()])).toEqual([
      ['chat/default/smart', 'simulated'],
    ])
    expect(target?.spoken.map(({ dialect }) => dialect)).toEqual(['openai-chat'])
  })

  test('a key found in the environment does not travel to an address of the file', () => {
    const plan = planOf('providers: { gpu: { type: openai, base_url: http://gpu1:8000/v1 } }', {
      found: [{ name: 'openai', from: 'OPENAI_API_KEY', secret: new Secret('sk-1') }],
    })
    const [first] = plan.resolveRoute('gpu/x')?.targets ?? []
    expect(first?.target.credentials.map(({ secret }) => secret.reveal())).toEqual([''])
  })

  test('a minted key gets limits of the file that it lacks, and no models beyond its project', () => {
    const plan = planOf('limits: { rpm: 60, tpm: 1k }\nprojects: { p: { models: [sim/*, openai/a] } }')
    const key = { id: 'k', name: 'k', secretHmac: '', allowedOptions: [], budgets: [], createdAtMs: 0 }
    const complete = plan.completeKey
    expect(complete?.({ ...key, limits: { requestsPerMinute: 5 }, project: 'p' })).toMatchObject({
      limits: { requestsPerMinute: 5, tokensPerMinute: 1_000 },
      models: ['sim/*', 'openai/a'],
    })
    expect(complete?.({ ...key, limits: {}, project: 'p', models: ['openai/*', 'sim/x'] }).models).toEqual([
      'sim/x',
      'openai/a',
    ])
    expect(complete?.({ ...key, limits: {}, project: 'p', models: ['groq/*'] }).models).toEqual([])
  })
})

test('an exchange lives as long as the operator allows one of its attempts, unless its route says otherwise', () => {
  const plan = planOf(`
providers:
  gpu: { base_url: http://127.0.0.1:1/v1, dialects: [openai-chat], timeout: { first_token: 10m, idle: 10m, total: 1h } }
routes:
  patient: gpu/m
  brief: { targets: [gpu/m], fallback: { time: 5m } }
`)
  const deadlineOf = (name: string): number | undefined => plan.resolveRoute(name)?.deadlineMs
  expect(deadlineOf('patient')).toBe(3_600_000)
  expect(deadlineOf('gpu/other')).toBe(3_600_000)
  expect(deadlineOf('brief')).toBe(300_000)
  expect(plan.resolveRoute('patient')?.targets[0]?.target.timeouts).toEqual({
    connectMs: 5_000,
    firstByteMs: 600_000,
    idleMs: 600_000,
    silenceMs: 600_000,
    totalMs: 3_600_000,
  })
})

test('a search that the provider runs has a price of its own', () => {
  const text = 'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, web_search: 0.01 } } }'
  expect(planOf(text).resolveRoute('sim/a')?.targets[0]?.target.price?.webSearch).toBe(10_000_000_000n)
})

describe('service at another price', () => {
  const tiersOf = (text: string, model: string) =>
    planOf(text).resolveRoute(model)?.targets[0]?.target.price?.serviceTiers

  test('is what the file says, as a multiple or in dollars', () => {
    const text =
      'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, per: 1k, service_tiers: { flex: { times: 0.5 }, priority: { input: 3, output: 4 } } } } }'
    expect(tiersOf(text, 'sim/a')).toEqual(
      new Map([
        ['flex', { price: { times: [500_000_000n, 1_000_000_000n] } }],
        ['priority', { price: { rates: { input: 3_000_000_000n, output: 4_000_000_000n } } }],
      ]),
    )
  })

  test('is what the row of a company says of its list prices, and of no price that the file states', () => {
    const text =
      'providers: { openai: env:OPENAI_API_KEY }\nmodels: { openai/gpt-5.5: { price: { input: 1, output: 2 } } }'
    expect([...(tiersOf(text, 'openai/gpt-5.4') ?? new Map<string, unknown>())]).toContainEqual([
      'priority',
      { price: { times: [2n, 1n] } },
    ])
    expect(tiersOf(text, 'openai/gpt-5.5')).toBeUndefined()
  })
})

test('a plan with everything in it', async () => {
  const text = await Bun.file(new URL('testdata/everything.yaml', import.meta.url)).text()
  const golden = new URL('testdata/everything.plan.json', import.meta.url)
  const described = describePlan(planOf(text, { files: { 'secrets/anthropic2': 'sk-3\n' } }))
  if (process.env['UPDATE_GOLDEN'] === '1') await Bun.write(golden, `${JSON.stringify(described, null, 2)}\n`)
  expect(described).toEqual(await Bun.file(golden).json())
})

test('the version of a plan names the load and the text', () => {
  expect(planOf('').version).toMatch(/^1-[0-9a-f]{6}$/)
  expect(planOf('').version).not.toBe(planOf('version: 1').version)
})

describe('what is known of a model', () => {
  const known = (facts: string, model = 'listed') => {
    const models = `models: { openai/${model}: { price: { input: 1, output: 1 }${facts} } }`
    const plan = planOf(`providers: { openai: env:OPENAI_API_KEY }\n${models}`)
    return plan.resolveRoute(`openai/${model}`)?.targets[0]?.target.capabilities
  }

  /** The dialects of these tests are for conversations alone. */
  const spoken = { operations: ['chat', 'count-tokens'] } as const

  test('comes from the list', () => {
    expect(known('')).toEqual({ ...spoken, contextTokens: 200_000, maxOutputTokens: 64_000, vision: true })
    expect(known('', 'unlisted')).toEqual(spoken)
  })

  test('is what the file says, which has the last word', () => {
    expect(known(', context: 1M, vision: false, retires: 2027-07-24')).toEqual({
      ...spoken,
      contextTokens: 1_000_000,
      maxOutputTokens: 64_000,
      vision: false,
      retiresOn: '2027-07-24',
      retiresAtEarliest: false,
    })
  })

  test('a longest answer in the file is asked for, unless the file says otherwise', () => {
    expect(known(', max_output: 32k')).toMatchObject({ maxOutputTokens: 32_000, defaultOutputTokens: 32_000 })
    expect(known(', max_output: 32k, default_output: 4k')).toMatchObject({
      maxOutputTokens: 32_000,
      defaultOutputTokens: 4_000,
    })
    expect(known(', default_output: 16k')).toMatchObject({
      maxOutputTokens: 64_000,
      defaultOutputTokens: 16_000,
    })
  })
})
