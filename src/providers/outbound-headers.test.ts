import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { Secret } from '../kit/secret.ts'
import { Failure } from '../exchange/failure.ts'
import { visibleHeaders } from './inbound-headers.ts'
import { forwardedHeaders, outboundHeaders, type Outgoing } from './outbound-headers.ts'

const OUTGOING: Outgoing = {
  spoken: {
    dialect: 'anthropic-messages',
    baseUrl: 'https://api.example.com',
    auth: { header: 'x-api-key', prefix: '' },
    headers: { 'anthropic-version': '2023-06-01' },
    quirks: {},
  },
  credential: { id: 'example/default', secret: new Secret('sk-ours'), weight: 1 },
  wireHeaders: {},
  attemptId: 'att_1',
  hops: 0,
  accept: 'text/event-stream',
  contentType: 'application/json',
  userAgent: 'gatehouse/1.0.0',
}

function codeOf(build: () => unknown): string {
  try {
    build()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code
  }
  return 'none'
}

describe('headers towards a provider', () => {
  test('are built from nothing', () => {
    expect(outboundHeaders(OUTGOING)).toEqual({
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'gatehouse/1.0.0',
      'x-gatehouse-attempt': 'att_1',
      'x-gatehouse-hops': '1',
      'x-api-key': 'sk-ours',
    })
  })

  test('take the client’s version instead of the constant one', () => {
    const headers = outboundHeaders({ ...OUTGOING, wireHeaders: { 'anthropic-version': '2026-01-01' } })
    expect(headers['anthropic-version']).toBe('2026-01-01')
  })

  test('never carry a secret or framing of the client, even when a dialect hands one over', () => {
    const smuggled = {
      authorization: 'Bearer client',
      'x-api-key': 'client',
      'x-goog-api-key': 'client',
      cookie: 'session=client',
      host: 'elsewhere.example',
      'transfer-encoding': 'chunked',
      'x-forwarded-for': '10.0.0.1',
      'user-agent': 'client',
      'accept-encoding': 'br',
    }
    const headers = outboundHeaders({ ...OUTGOING, wireHeaders: smuggled })
    expect(headers).toEqual(outboundHeaders(OUTGOING))
    expect(JSON.stringify(headers)).not.toContain('client')
  })

  test('put the credential where the provider wants it', () => {
    const spoken = { ...OUTGOING.spoken, auth: { header: 'authorization', prefix: 'Bearer ' } }
    expect(outboundHeaders({ ...OUTGOING, spoken })['authorization']).toBe('Bearer sk-ours')
  })

  test('carry no credential for a server that needs none', () => {
    const credential = { ...OUTGOING.credential, secret: new Secret('') }
    expect(outboundHeaders({ ...OUTGOING, credential })['x-api-key']).toBeUndefined()
  })

  test.each(['a\r\nx-injected: 1', 'a\nb', 'a\0b', 'naïve ☃', 'x'.repeat(LIMITS.headerValueBytes + 1)])(
    'refuse a value that would not arrive as it is (%#)',
    (value) => {
      expect(codeOf(() => outboundHeaders({ ...OUTGOING, wireHeaders: { 'anthropic-beta': value } }))).toBe(
        'invalid-request',
      )
    },
  )

  test('blame the credential, without showing it, when it cannot be sent', () => {
    const credential = { ...OUTGOING.credential, secret: new Secret('sk-ours\n') }
    try {
      outboundHeaders({ ...OUTGOING, credential })
      expect.unreachable()
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'provider-auth' })
      expect(String(thrown)).toContain('example/default')
      expect(String(thrown)).not.toContain('sk-ours')
    }
  })
})

describe('the client’s headers', () => {
  const client = {
    'anthropic-beta': 'tools',
    'x-codex-turn': '3',
    'x-custom': 'no',
    cookie: 'session=1',
    authorization: 'Bearer gh_live',
    'x-api-key': 'gh_live',
  }

  test('travel only when the dialect names them, whole or by prefix', () => {
    expect(forwardedHeaders(client, ['anthropic-beta', 'x-codex-*'])).toEqual({
      'anthropic-beta': 'tools',
      'x-codex-turn': '3',
    })
  })

  test('that are secrets do not travel even when a pattern matches them', () => {
    expect(Object.keys(forwardedHeaders(client, ['*']))).toEqual([
      'anthropic-beta',
      'x-codex-turn',
      'x-custom',
    ])
  })
})

describe('the provider’s headers', () => {
  test('are shown by a list, and the request id under a name of ours', () => {
    const headers = new Headers({
      'x-request-id': 'req_upstream',
      'openai-processing-ms': '12',
      'retry-after': '3',
      'set-cookie': 'a=b',
      server: 'cloudflare',
      'cf-ray': '1',
      'openai-organization': 'our-company',
      'anthropic-organization-id': 'org',
      'x-ratelimit-remaining-requests': '9',
      'strict-transport-security': 'max-age=1',
    })
    expect(visibleHeaders(headers)).toEqual({
      'x-gatehouse-upstream-request-id': 'req_upstream',
      'openai-processing-ms': '12',
      'retry-after': '3',
    })
  })
})
