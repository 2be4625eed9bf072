import { describe, expect, test } from 'bun:test'
import type { Account } from '../../exchange/account.ts'
import type { Caller } from '../../exchange/caller.ts'
import { Failure } from '../../exchange/failure.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { hmacSha256Hex } from '../../kit/hash.ts'
import { systemRandom } from '../../kit/random.ts'
import { Secret } from '../../kit/secret.ts'
import type { KeyRecord } from '../../store/store.ts'
import { createDirectory } from '../../identity/directory.ts'
import { createAuthenticate } from './authenticate.ts'
import { mintKey, parseKey } from '../../exchange/virtual-key.ts'

const PROJECT: Account = { scope: 'project', id: 'shop', name: 'Shop', limits: {}, budgets: [] }

function createWorld(changes: Partial<KeyRecord> = {}) {
  const clock = createManualClock()
  const earlier: string[] = []
  let hashes = 0
  const hmac = (secret: string): string => {
    hashes += 1
    return hmacSha256Hex('pepper', secret)
  }
  const { text, id, secretHmac } = mintKey({ environment: 'test', random: systemRandom, hmac })
  let record: KeyRecord = {
    id,
    name: 'bot',
    secretHmac,
    allowedOptions: ['strict'],
    limits: { requestsPerMinute: 5 },
    budgets: [],
    createdAtMs: clock.nowMs(),
    ...changes,
  }
  const stored = { version: 1, find: (wanted: string) => (wanted === record.id ? record : undefined) }
  const authenticate = createAuthenticate({
    directory: createDirectory({ declaredKeys: [], projects: new Map([[PROJECT.id, PROJECT]]) }, stored),
    hmac,
    clock,
    foreignKeyPrefixes: ['sk-', 'their_'],
    onEarlierSecret: (keyId) => earlier.push(keyId),
  })
  const become = (said: Partial<KeyRecord>): void => {
    record = { ...record, ...said }
    stored.version += 1
  }
  return {
    clock,
    text: text.reveal(),
    become,
    revoke: () => become({ revokedAtMs: clock.nowMs() }),
    hashes: () => hashes,
    earlier: () => earlier,
    present(key: string | undefined, address?: string): { caller?: Caller; failure?: Failure } {
      try {
        const from = address === undefined ? undefined : { address }
        return { caller: authenticate(key === undefined ? undefined : new Secret(key), from) }
      } catch (thrown) {
        if (thrown instanceof Failure) return { failure: thrown }
        throw thrown
      }
    },
  }
}

test('a good key says who is asking', () => {
  const { present, text } = createWorld({ project: 'shop' })
  expect(present(text).caller).toMatchObject({ keyName: 'bot', owners: { project: 'shop' } })
})

describe('a bad key', () => {
  test('none at all is a missing key', () => {
    const { present } = createWorld()
    expect(present(undefined).failure?.code).toBe('missing-key')
    expect(present('').failure?.code).toBe('missing-key')
  })

  test('an unknown id and a wrong secret get the same words and the same work', () => {
    const world = createWorld()
    const stranger = createWorld().text
    const [, , id] = world.text.split('_')
    const before = world.hashes()
    const unknown = world.present(stranger)
    const middle = world.hashes()
    const forged = mintKey({
      environment: 'test',
      random: systemRandom,
      hmac: () => '',
    }).text.reveal()
    expect(id).toHaveLength(12)
    const wrong = world.present(forged)
    expect(unknown.failure?.code).toBe('invalid-key')
    expect(wrong.failure?.message).toBe(unknown.failure?.message ?? '')
    expect(middle - before).toBe(1)
    expect(world.hashes() - middle).toBe(1)
  })

  test('a known id with another secret is refused', () => {
    const { present, text } = createWorld({ secretHmac: hmacSha256Hex('pepper', 'something else') })
    expect(present(text).failure?.code).toBe('invalid-key')
  })

  test('a key whose project is not declared any more is refused, since its limits are unknown', () => {
    const { present, text } = createWorld({ project: 'gone' })
    expect(present(text).failure?.code).toBe('project-missing')
  })

  test('a damaged key is told from an unknown one', () => {
    const { present, text } = createWorld()
    const { failure } = present(text.slice(0, -1))
    expect(failure?.code).toBe('invalid-key')
    expect(failure?.message).toContain('copied whole')
  })

  test('a key whose check alone was changed is refused, although its secret is right', () => {
    const { present, text } = createWorld()
    const other = text.endsWith('A') ? 'B' : 'A'
    expect(present(text.slice(0, -1) + other).failure?.code).toBe('invalid-key')
  })

  test.each(['sk-proj-abc', 'their_abc'])('a provider’s key (%s) is recognised and not repeated', (key) => {
    const { failure } = createWorld().present(key)
    expect(failure?.code).toBe('invalid-key')
    expect(failure?.message).toContain('gh_')
    expect(failure?.message).toContain('provider')
    expect(failure?.message).not.toContain(key)
  })

  test('another text is just wrong', () => {
    const { failure } = createWorld().present('hello')
    expect(failure?.code).toBe('invalid-key')
    expect(failure?.message).not.toContain('provider')
  })

  test('a revocation holds for the very next request', () => {
    const { present, text, revoke } = createWorld()
    expect(present(text).failure).toBeUndefined()
    revoke()
    expect(present(text).failure?.code).toBe('key-revoked')
  })

  test('a key expires at its time, with 403', () => {
    const { present, text, clock } = createWorld({ expiresAtMs: createManualClock().nowMs() + 1_000 })
    clock.advance(999)
    expect(present(text).failure).toBeUndefined()
    clock.advance(1)
    expect(present(text).failure).toMatchObject({ code: 'key-expired', status: 403 })
  })

  test('a paused key is told from a revoked one', () => {
    expect(createWorld({ pausedAtMs: 1 }).present('gh_x').failure?.code).toBe('invalid-key')
    const { present, text } = createWorld({ pausedAtMs: 1 })
    expect(present(text).failure).toMatchObject({ code: 'key-paused', status: 403 })
    const both = createWorld({ pausedAtMs: 1, revokedAtMs: 2 })
    expect(both.present(both.text).failure?.code).toBe('key-revoked')
  })

  test('a key that is bound to addresses is good from there alone, and nowhere where the address is not known', () => {
    const { present, text } = createWorld({ addresses: ['10.0.0.0/8'] })
    expect(present(text, '10.9.9.9').failure).toBeUndefined()
    for (const address of ['11.0.0.1', '', undefined])
      expect(present(text, address).failure).toMatchObject({ code: 'address-not-allowed', status: 403 })
  })

  test('a secret that was replaced is taken until its time, and told of', () => {
    const other = hmacSha256Hex('pepper', 'the new one')
    const secretOf = (text: string): string => parseKey(text)?.secret ?? ''
    const world = createWorld()
    const untilMs = world.clock.nowMs() + 1_000
    world.become({
      secretHmac: other,
      earlier: { secretHmac: hmacSha256Hex('pepper', secretOf(world.text)), untilMs },
    })
    expect(world.present(world.text).caller?.keyName).toBe('bot')
    expect(world.earlier()).toHaveLength(1)
    world.clock.advance(1_000)
    const { failure } = world.present(world.text)
    expect(failure).toMatchObject({ code: 'key-expired', status: 403 })
    expect(failure?.message).toContain('replaced')
    expect(world.earlier()).toHaveLength(1)
    const stranger = createWorld({ earlier: { secretHmac: other, untilMs: Number.MAX_SAFE_INTEGER } })
    stranger.become({ secretHmac: other })
    expect(stranger.present(stranger.text).failure?.code).toBe('invalid-key')
  })

  test('whether a key is revoked is told only to who has its secret', () => {
    const { present, text } = createWorld({
      revokedAtMs: 1,
      secretHmac: hmacSha256Hex('pepper', 'something else'),
    })
    expect(present(text).failure?.code).toBe('invalid-key')
  })
})
