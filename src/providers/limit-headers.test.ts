import { expect, test } from 'bun:test'
import { PROVIDERS } from './all.ts'
import { readLimits } from './limit-headers.ts'

const NOW_MS = Date.UTC(2026, 10, 30, 12)
const namesOf = (provider: string) => PROVIDERS.find(({ name }) => name === provider)?.limitHeaders ?? []
const read = (provider: string, headers: Readonly<Record<string, string>>) =>
  readLimits(new Headers(headers), namesOf(provider), { nowMs: () => NOW_MS })

test('limits are read as each provider tells them', () => {
  const usual = {
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '12000',
    'x-ratelimit-reset-tokens': '1m6s',
  }
  for (const provider of ['openai', 'groq', 'together', 'cerebras', 'fireworks'])
    expect(read(provider, usual)).toEqual([
      { counts: 'requests', limit: 500, left: 499, resetMs: 120 },
      { counts: 'tokens', limit: 30_000, left: 12_000, resetMs: 66_000 },
    ])
  const own = {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-11-30T12:00:03Z',
    'anthropic-ratelimit-output-tokens-limit': '8000',
    'anthropic-ratelimit-output-tokens-remaining': '7000',
  }
  expect(read('anthropic', own)).toEqual([
    { counts: 'requests', limit: 50, left: 49, resetMs: 3_000 },
    { counts: 'tokens', limit: 8_000, left: 7_000 },
  ])
  expect(read('openai', own)).toBeUndefined()
})

test.each([
  ['no number', { limit: '500', left: 'many' }],
  ['less than nothing', { limit: '500', left: '-1' }],
  ['no limit', { limit: '0', left: '0' }],
  ['half of it', { left: '10' }],
  ['nonsense', { limit: '1e99', left: '1e99' }],
])('%s says nothing', (_what, { limit, left }: { limit?: string; left: string }) => {
  const headers = {
    'x-ratelimit-remaining-requests': left,
    ...(limit && { 'x-ratelimit-limit-requests': limit }),
  }
  expect(read('openai', headers)).toBeUndefined()
})

test.each(['2031-11-30T12:00:00Z', '1922961600000', '1922961600', '3e9', '100000000', '2000h'])(
  'a reset that is years away is none, and one of a month is believed: %s',
  (reset) => {
    const told = (at: string) =>
      read('anthropic', {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': at,
      })
    expect(told(reset)).toEqual([{ counts: 'requests', limit: 50, left: 0 }])
    expect(told('2026-12-30T12:00:00Z')).toMatchObject([{ left: 0, resetMs: 30 * 86_400_000 }])
  },
)

test('more than the limit is the limit, and a reset that cannot be read is none', () => {
  const headers = {
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '12',
    'x-ratelimit-reset-requests': 'soon',
  }
  expect(read('openai', headers)).toEqual([{ counts: 'requests', limit: 10, left: 10 }])
})
