import { describe, expect, test } from 'bun:test'
import { problemsOf } from './compile.fixture.ts'
import { loadConfig } from './load.ts'

const environment = { OPENAI_API_KEY: 'sk-from-environment', PORT: '5000', EMPTY: '' }
const check = (text: string, strict = false): string => problemsOf(text, { environment, strict })
const load = (text: string) => loadConfig({ text, environment, readText: () => undefined })

describe('a configuration with mistakes', () => {
  test('an unknown key is shown with its place and the nearest valid name', () => {
    expect(check('routes:\n  smart:\n    targets: [sim/smart]\n    fallbak: {}\n')).toBe(
      [
        'gatehouse.yaml:4:5: error: routes.smart.fallbak: unknown key',
        '    4 |     fallbak: {}',
        '      |     ^',
        '        Did you mean "fallback"?',
      ].join('\n'),
    )
  })

  test('a key without a near relative is answered with the list of valid ones', () => {
    expect(check('store: { zzzzzzzz: 1 }')).toContain('Known here: url.')
  })

  test.each(['experiments', 'channels', 'identity', 'teams'])(
    'the section %s of a later version is refused by name',
    (section) => {
      expect(check(`${section}: {}`)).toContain(`error: ${section}: \`${section}\` is not supported yet`)
    },
  )

  test.each(['include', 'secrets', 'budgets'])('the section %s is refused by name too', (section) => {
    expect(check(`${section}: []`)).toContain(`\`${section}\` is not supported yet`)
  })

  test('keys of later versions inside known sections are refused by name', () => {
    const text = 'routes: { a: { targets: [sim/smart], expose: {} } }'
    expect(check(text)).toContain('routes.a.expose: `expose` is not supported yet')
  })

  test.each([
    ['routes: { a: { targets: [sim/smart], guardrails: {} } }', 'They stand in the section guardrails'],
    ['routes: { a: { targets: [sim/smart], semantic: {} } }', 'It stands inside of cache'],
    ['logs: { restore: true }', 'It stands inside of content'],
  ])('a key that belongs elsewhere is answered with where: %s', (text, place) => {
    expect(check(text)).toContain(place)
  })

  test('a first rest that is longer than the longest, which may be the default, is refused', () => {
    const error = 'expected no more than longest_rest (default: 15s)'
    expect(check('health: { first_rest: 1h, longest_rest: 1s }')).toContain(`health.first_rest: ${error}`)
    expect(check('health: { first_rest: 16s }')).toContain(`health.first_rest: ${error}`)
    expect(check('providers: { sim: }\nhealth: { first_rest: 15s }')).not.toContain('health')
  })

  test('every wrong value is shown with what was expected and what was found', () => {
    const text = [
      'server: { port: 70000, drain: 30, durability: slow, host: 5 }',
      'limits: { rpm: 0, tpm: lots }',
      'projects: { growth: { budgets: [{ usd: -1, per: fortnight }] } }',
      'providers: { openai: { key: env:OPENAI_API_KEY, base_url: ftp://x, enabled: yes } }',
      'models: { openai/x: { price: { input: 1 } } }',
    ].join('\n')
    const found = check(text)
      .split('\n')
      .filter((line) => line.startsWith('gatehouse.yaml'))
    expect(found).toEqual([
      'gatehouse.yaml:1:11: error: server.port: expected a port from 0 to 65535, found 70000',
      'gatehouse.yaml:1:24: error: server.drain: expected a duration such as 500ms, 30s, 2m, 1h or 7d, found 30',
      'gatehouse.yaml:1:35: error: server.durability: expected standard or strict, found "slow"',
      'gatehouse.yaml:1:53: error: server.host: expected text, found 5',
      'gatehouse.yaml:2:11: error: limits.rpm: expected a whole number ≥ 1 such as 600, 10k or 2M, found 0',
      'gatehouse.yaml:2:19: error: limits.tpm: expected a whole number ≥ 1 such as 600, 10k or 2M, found "lots"',
      'gatehouse.yaml:3:35: error: projects.growth.budgets[0].usd: expected an amount of US dollars ≥ 0 such as 5 or 0.25, found -1',
      'gatehouse.yaml:3:44: error: projects.growth.budgets[0].per: expected hour or day or week or month or total, found "fortnight"',
      'gatehouse.yaml:4:49: error: providers.openai.base_url: expected an http or https URL, found "ftp://x"',
      'gatehouse.yaml:4:68: error: providers.openai.enabled: expected true or false, found "yes"',
      'gatehouse.yaml:5:23: error: models.openai/x.price.output: missing; expected an amount of US dollars ≥ 0 such as 5 or 0.25',
    ])
  })

  test('"yes" for a switch is explained', () => {
    expect(check('routes: { a: { targets: [sim/smart], strict: no } }')).toContain(
      '"no" is text in YAML 1.2; write false.',
    )
  })

  test('a name that YAML 1.1 tools turn into a boolean is refused', () => {
    expect(check('routes:\n  on: [sim/smart]\n')).toContain(
      'routes.on: the name on reads as true or false in YAML 1.1 tools',
    )
  })

  test('a wrong name of a failure is answered with the nearest one', () => {
    const text = 'routes: { a: { targets: [sim/smart], fallback: { errors: [rate-limited] } } }'
    expect(check(text)).toContain('Did you mean "provider-rate-limited"?')
  })

  test('a value of no possible type names all that would do', () => {
    expect(check('routes: { a: 5 }')).toContain(
      'routes.a: expected a model as provider/model, or the name of an alias or a list or a map, found 5',
    )
  })
})

describe('a file that is not YAML', () => {
  test('shows the first syntax error only, and knows the unquoted reference inside braces', () => {
    const text = 'providers:\n  openai: { key: ${OPENAI_API_KEY}, region: ${A}, base_url: ${B} }\n'
    expect(check(text)).toBe(
      [
        'gatehouse.yaml:2:19: error: ${OPENAI_API_KEY} inside { } must be quoted',
        '    2 |   openai: { key: ${OPENAI_API_KEY}, region: ${A}, base_url: ${B} }',
        '      |                   ^',
        '        Write "${OPENAI_API_KEY}" in quotes, or env:NAME for a secret.',
      ].join('\n'),
    )
  })

  test('a key that stands twice is an error with its place', () => {
    expect(check('server: {}\nserver: {}\n')).toContain(
      'gatehouse.yaml:2:1: error: the key server stands here twice',
    )
  })

  test('a tab for indentation is named', () => {
    expect(check('routes:\n\ta: [x/y]\n')).toContain('a tab is used for indentation')
  })

  test('a list at the top is answered with an example', () => {
    expect(check('- a')).toContain('expected a map with sections')
  })

  test('aliases that multiply are refused instead of filling the memory', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
    for (let level = 0; level < 8; level += 1) {
      const above = String.fromCharCode(97 + level)
      lines.push(
        `${String.fromCharCode(98 + level)}: &${String.fromCharCode(98 + level)} [${Array(10).fill(`*${above}`).join(',')}]`,
      )
    }
    expect(check(lines.join('\n'))).toContain('repeats its anchors too often')
  })
})

describe('references', () => {
  test('a default is used when the variable is unset or empty, and takes the type it needs', () => {
    expect(load('server: { port: "${PORT:-4100}" }').config?.server.port).toBe(5000)
    expect(load('server: { port: "${UNSET:-4100}" }').config?.server.port).toBe(4100)
    expect(load('server: { host: "${EMPTY:-::1}" }').config?.server.host).toBe('::1')
  })

  test('a variable without a value and default is an error', () => {
    expect(check('server: { host: "${NOPE}" }')).toContain(
      'server.host: the environment variable NOPE is not set\n',
    )
  })

  test('a doubled dollar sign keeps the text', () => {
    expect(
      load('routes: { a: { description: "costs $${x}", targets: [sim/smart] } }').config?.routes['a']
        ?.description,
    ).toBe('costs ${x}')
  })

  test('a secret is not filled in with braces', () => {
    expect(check('providers:\n  openai: ${OPENAI_API_KEY}\n')).toContain('Write env:OPENAI_API_KEY')
  })

  test('secrets come from the environment and from files and never print', () => {
    const loaded = loadConfig({
      text: 'providers:\n  openai: env:OPENAI_API_KEY\n  groq: file:/run/secrets/groq\n',
      environment,
      readText: (path) => (path === '/run/secrets/groq' ? 'gsk-from-file\n' : undefined),
    })
    expect(loaded.secrets.get('env:OPENAI_API_KEY')?.reveal()).toBe('sk-from-environment')
    expect(loaded.secrets.get('file:/run/secrets/groq')?.reveal()).toBe('gsk-from-file')
    expect(JSON.stringify([...loaded.secrets])).not.toContain('from')
  })

  test('a missing secret names the variable or the file', () => {
    expect(check('providers: { openai: env:NOPE }')).toContain('the environment variable NOPE is not set')
    expect(check('providers: { openai: file:/nope }')).toContain('the file /nope is missing or empty')
  })

  test('a secret of a provider that is switched off may be missing', () => {
    expect(check('providers: { openai: { key: env:NOPE, enabled: false }, sim: {} }')).toBe('')
  })

  test('a plain-text secret is a warning, an error in strict mode, and never shown', () => {
    const text = 'providers: { openai: sk-proj-0123456789abcdef0123 }'
    expect(check(text)).toContain('warning: providers.openai.key: a secret stands here in plain text')
    expect(check(text, true)).toContain('error: providers.openai.key: a secret stands here in plain text')
    expect(check(text)).not.toContain('sk-proj')
  })
})

test('a section of which only the name is left counts as absent', () => {
  expect(check('routes:\nserver:\n')).toBe('')
})

test('readable units are read', () => {
  const config = load('server: { drain: 1.5m }\nlimits: { tpm: 2M, rpm: 1.5k }').config
  expect(config?.server.drain).toBe(90_000)
  expect(config?.limits).toEqual({ tpm: 2_000_000, rpm: 1_500 })
})

test('how long things are kept is read, with words for no limit, and refused in words', () => {
  const retention = (text: string) => load(`logs: { retention: ${text} }`).config?.logs.retention
  expect(retention('{}')).toEqual({
    requests: 30 * 86_400_000,
    size: 2_000_000_000,
    shadows: 90 * 86_400_000,
    keys: 90 * 86_400_000,
    reserve: 256_000_000,
  })
  expect(
    retention('{ requests: forever, size: unlimited, shadows: 1d, keys: 400d, reserve: 1.5 GB }'),
  ).toEqual({
    requests: Number.POSITIVE_INFINITY,
    size: Number.POSITIVE_INFINITY,
    shadows: 86_400_000,
    keys: 400 * 86_400_000,
    reserve: 1_500_000_000,
  })
  for (const age of ['0d', '30', 'never', '""'])
    expect(check(`logs: { retention: { requests: ${age} } }`)).toContain('expected an age such as 12h')
  for (const size of ['5', '5 XB', 'MB', '-1GB', '""'])
    expect(check(`logs: { retention: { size: ${size} } }`)).toContain('expected a size in bytes such as')
})
