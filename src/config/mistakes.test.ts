import { describe, expect, test } from 'bun:test'
import { createSeededRandom } from '../kit/random.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import { problemsOf } from './compile.fixture.ts'

const key = mintKey({ environment: 'live', random: createSeededRandom(1), hmac: () => '' }).text.reveal()
const environment = {
  KEY: key,
  OPENAI_API_KEY: 'sk-1',
  TWO_LINES: 'sk-2\n# the old one: sk-1',
}
const check = (text: string): string => problemsOf(text, { environment })
const count = (text: string): number => check(text).split(': error: ').length - 1

/** Each line doubles the one before. */
const BOMB = Array.from(
  { length: 12 },
  (_none, n) => `a${n}: &a${n} ${n === 0 ? '[x]' : `[*a${n - 1}, *a${n - 1}]`}\n`,
).join('')

describe('YAML that is not what it seems', () => {
  test.each([
    ['routes: *nowhere', 'unresolved alias (the anchor must be set before the alias): nowhere'],
    [BOMB, 'the file repeats its anchors too often'],
    ['providers: { sim: }\n---\nroutes: { }\n', 'a second document begins here'],
    ['providers:\n  sim:\n  sim:\n', 'the key sim stands here twice'],
    ['providers: { sim: , __proto__: { key: x } }', 'the name __proto__ cannot be used'],
    ['routes: { __proto__: [sim/smart] }', 'the name __proto__ cannot be used'],
    [
      'providers: { openai: { keys: [{ name: a, value: env:OPENAI_API_KEY, weight: .inf }] } }',
      'found Infinity',
    ],
  ])('%s', (text, message) => {
    expect(check(text)).toContain(message)
  })

  test('a byte order mark and carriage returns change nothing', () => {
    expect(check('\uFEFFproviders:\r\n  sim:\r\nroutes:\r\n  a: [sim/smart]\r\n')).toBe('')
  })
})

describe('values that would break later', () => {
  test.each([
    [
      'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, service_tier: { flex: { times: 2 } } } } }',
      'service_tiers',
    ],
    [
      'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, service_tiers: { flex: { times: 0 } } } } }',
      'expected a number above 0',
    ],
    [
      'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, service_tiers: { flex: 0.5 } } } }',
      'expected either times, or input and output',
    ],
    [
      'providers: { sim: }\nmodels: { sim/a: { price: { input: 1, output: 2, service_tiers: { flex: { times: 2, input: 1 } } } } }',
      'expected either times, or input and output',
    ],
    ['server: { drain: 25d }', 'expected a duration of at most 24d, found "25d"'],
    ['providers: { sim: { timeout: { total: 0s } } }', 'expected a duration above 0'],
    ['routes: { a: { targets: [sim/smart], fallback: { time: 0ms } } }', 'expected a duration above 0'],
    ['routes: { a: { targets: [sim/smart], fallback: { time: 30m } } }', 'expected at most 15m'],
    [`keys: [{ name: a, value: env:KEY, expires: 2026-02-31 }]`, 'expected a date such as 2027-06-30'],
    [`keys: [{ name: a, value: env:KEY, project: constructor }]`, 'there is no project constructor'],
    ['providers: { openai: env:TWO_LINES }', 'the environment variable TWO_LINES holds a line break'],
    [
      'providers: { openai: "env: OPENAI_API_KEY" }',
      'expected the name of an environment variable behind env:',
    ],
    ['providers: { openai: { headers: { "x-a": "1\\n2" } } }', 'the value holds a line break'],
    ['providers: { openai: { headers: { "x a": b } } }', 'expected a header that does not frame the request'],
    ['providers: { openai: { headers: { Content-Length: "3" } } }', 'expected a header that does not frame'],
    ['providers: { openai: { headers: { host: x } } }', 'expected a header that does not frame the request'],
  ])('%s', (text, message) => {
    expect(check(text)).toContain(message)
  })

  test('a day that there is and a drain of nothing are fine', () => {
    expect(check('server: { drain: 0s }\nkeys: [{ name: a, value: env:KEY, expires: 2028-02-29 }]')).toBe('')
  })
})

test('one mistake that fails two rules is reported once', () => {
  expect(count('server: { drain: 1 h }')).toBe(1)
  expect(count('providers: { sim: { headers: { "a b": c } } }')).toBe(1)
})

describe('a key of the gateway itself', () => {
  test('is not shown to a provider that does not know it, nor printed', () => {
    const text = check(
      'providers: { openai: { keys: [{ name: a, value: env:OPENAI_API_KEY }, { name: b, value: env:KEY }] } }',
    )
    expect(text).toContain(
      'providers.openai.keys[1].value: this is a key of Gatehouse, which openai does not know',
    )
    expect(check(`providers: { openai: ${key} }`)).not.toContain(key)
  })

  test('may be sent to another gateway', () => {
    expect(check('providers: { openai: { key: env:KEY, base_url: https://gateway.example/v1 } }')).toBe('')
  })
})
