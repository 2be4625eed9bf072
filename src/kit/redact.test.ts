import { describe, expect, test } from 'bun:test'
import { cpuMsOf } from './cpu-time.fixture.ts'
import { createRedactor, REDACTED } from './redact.ts'

const SECRET = 'sk-proj-Zk3/9fQ+7uWbX2mN8rT5vYcA1dEgHjLp'
const redact = createRedactor([SECRET])
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a secret', () => {
  test.each([
    ['whole', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['with slashes escaped', SECRET.replaceAll('/', String.raw`\/`)],
    ['in base64', base64(SECRET)],
    ['in base64 behind one byte', base64(`:${SECRET}`)],
    ['in base64 behind two bytes', base64(`u:${SECRET}`)],
    ['in base64 between others', base64(`user:${SECRET}@host`)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['cut short', SECRET.slice(0, 20)],
    ['without its beginning', SECRET.slice(9)],
    ['in the middle', SECRET.slice(12, 25)],
    ['with stars', `${SECRET.slice(0, 8)}********${SECRET.slice(-4)}`],
    ['with dots', `${SECRET.slice(0, 11)}...${SECRET.slice(-4)}`],
    ['with an ellipsis', `${SECRET.slice(0, 4)}…${SECRET.slice(-3)}`],
    ['with two middles', `${SECRET.slice(0, 5)}***${SECRET.slice(12, 17)}***${SECRET.slice(-5)}`],
  ])('%s is taken out', (_way, quoted) => {
    for (const text of [`Incorrect API key provided: ${quoted}. See https://p.example/keys.`, quoted]) {
      const clean = redact(text)
      expect(clean).toContain(REDACTED)
      for (let at = 0; at + 4 <= SECRET.length; at += 1) expect(clean).not.toContain(SECRET.slice(at, at + 4))
      expect(clean).not.toContain(base64(SECRET).slice(4, 16))
    }
    expect(redact(`Incorrect API key provided: ${quoted}. See https://p.example/keys.`)).toStartWith(
      'Incorrect API key provided: ',
    )
  })

  test('is taken out wherever it is quoted', () => {
    expect(redact(`${SECRET} is not ${SECRET}, but ${SECRET.slice(0, 15)}`)).toBe(
      `${REDACTED} is not ${REDACTED}, but ${REDACTED}`,
    )
  })

  test('that is none is left: an empty one, and a placeholder that is an ordinary word', () => {
    expect(createRedactor(['', 'none', 'ollama'])('none of ollama...')).toBe('none of ollama...')
  })

  test('is found in a long text without walking it for long', () => {
    const text = `${'The quick brown fox... '.repeat(2_500)}${SECRET}`
    const redactIt = (): void => expect(redact(text)).toEndWith(`fox... ${REDACTED}`)
    expect(cpuMsOf(redactIt)).toBeLessThan(200)
  })
})

test.each([
  'Rate limit reached for gpt-4o in organization org-abc on tokens per min. Please try again in 20ms.',
  '{"error":{"message":"This model does not exist...","type":"invalid_request_error","code":"model_not_found"}}',
  '',
])('a text that quotes nothing stays as it is: %p', (text) => {
  expect(redact(text)).toBe(text)
})
