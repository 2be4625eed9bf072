import { expect, test } from 'bun:test'
import { openSigningKey, readVerifyingKey } from './ed25519.ts'

test('signs as RFC 8032 says (7.1, tests 1 and 2), and what was signed by others is told', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const key = openSigningKey(seed)
  const bytes = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex')
  expect(key.publicKey).toBe(`ed25519:${bytes.toString('base64url')}`)
  expect(Buffer.from(key.sign(''), 'base64url').toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
  const reader = readVerifyingKey(key.publicKey)
  expect(reader?.name).toBe(key.name)
  expect(reader?.verify('said', key.sign('said'))).toBeTrue()
  expect(reader?.verify('said', key.sign('else'))).toBeFalse()
  expect(reader?.verify('said', 'short')).toBeFalse()
  const other = openSigningKey(Buffer.alloc(32, 1))
  expect(reader?.verify('said', other.sign('said'))).toBeFalse()
  expect([readVerifyingKey('ed25519:abc'), readVerifyingKey('x')]).toEqual([undefined, undefined])
  expect(() => openSigningKey(new Uint8Array(3))).toThrow(RangeError)
})
