import { expect, test } from 'bun:test'
import { problemsOf } from './compile.fixture.ts'

const environment = {
  TOKEN: 'sk-1',
  WEBHOOK: `whsec_${Buffer.alloc(24).toString('base64')}`,
  SHORT: 'whsec_AAAA',
}
const problems = (sink: string): string =>
  problemsOf(`providers: { sim: }\ntelemetry: { sinks: { mine: ${sink} } }`, { environment, strict: true })

test.each([
  '{ webhook: { url: "https://example.com/hook", secret: env:WEBHOOK, headers: { x-team: env:TOKEN } } }',
  '{ s3: { bucket: my-logs, access_key: env:TOKEN, secret_key: env:TOKEN }, every: 5m, batch: 500 }',
  '{ clickhouse: { url: "http://127.0.0.1:8123", create: true } }',
  '{ langfuse: { public_key: env:TOKEN, secret_key: env:TOKEN, sample: { ratio: 0.1, expensive: 0.05 } } }',
])('%s is a sink', (sink) => {
  expect(problems(sink)).toBe('')
})

test.each([
  ['{ webhok: { url: "https://example.com" } }', 'Did you mean "webhook"?'],
  ['{ webhook: { url: "https://example.com", secrt: env:WEBHOOK } }', 'Did you mean "secret"?'],
  ['{ every: 5s }', 'exactly one of webhook, s3, clickhouse, langfuse'],
  [
    '{ webhook: { url: "https://a.example" }, clickhouse: { url: "http://127.0.0.1" } }',
    'exactly one of webhook, s3, clickhouse, langfuse',
  ],
  ['{ webhook: { url: "https://example.com", secret: whsec_in-plain-text } }', 'a reference to a secret'],
  ['{ webhook: { url: "https://example.com", secret: env:SHORT } }', 'is no secret of Standard Webhooks'],
  ['{ webhook: { url: "https://example.com", secret: env:NOWHERE } }', 'NOWHERE is not set'],
  ['{ webhook: { url: "https://example.com", headers: { host: env:TOKEN } } }', 'does not frame the request'],
  ['{ s3: { bucket: My_Logs, access_key: env:TOKEN, secret_key: env:TOKEN } }', 'the name of a bucket'],
  [
    '{ s3: { bucket: logs, prefix: "a b", access_key: env:TOKEN, secret_key: env:TOKEN } }',
    'without a slash',
  ],
  ['{ clickhouse: { url: "http://127.0.0.1", table: "a`b" } }', 'a name of letters, digits and underscores'],
  ['{ clickhouse: { url: "http://127.0.0.1" }, batch: 0 }', 'a whole number from 1 to 2048'],
])('%s: %s', (sink, message) => {
  const told = problems(sink)
  expect(told).toContain(message)
  expect(told).not.toContain('in-plain-text')
})

test('names are not those of OTLP', () => {
  const text =
    'providers: { sim: }\ntelemetry: { sinks: { otlp-traces: { clickhouse: { url: "http://a" } } } }'
  expect(problemsOf(text, { environment })).toContain('does not begin with otlp')
})
