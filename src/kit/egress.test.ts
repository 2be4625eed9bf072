import { describe, expect, test } from 'bun:test'
import { createEgressGuard, createPublicAddressTest } from './egress.ts'

const isPublic = createPublicAddressTest()

describe('public addresses', () => {
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '104.18.6.192',
    '172.32.0.1',
    '2606:4700::6812:6c0',
    '2a00:1450::1',
  ]) {
    test(`${address} is public`, () => expect(isPublic(address)).toBe(true))
  }
  for (const address of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '',
    '0x7f.1',
    '127.1',
  ]) {
    test(`${address === '' ? 'the empty string' : address} is not`, () =>
      expect(isPublic(address)).toBe(false))
  }
})

describe('the egress guard', () => {
  const resolvingTo = (...addresses: string[]) =>
    createEgressGuard({ resolveHost: () => Promise.resolve(addresses), isAllowed: isPublic })

  test('gives the checked address to connect to', async () => {
    const destination = await resolvingTo('8.8.8.8', '8.8.4.4').check('https://api.example.com/v1/chat')
    expect(destination).toMatchObject({ address: '8.8.8.8' })
  })

  test('refuses a name as soon as one of its addresses is private', async () => {
    expect(await resolvingTo('8.8.8.8', '10.0.0.1').check('https://rebind.example.com/')).toBeUndefined()
  })

  test('refuses a name without addresses', async () => {
    expect(await resolvingTo().check('https://nowhere.example.com/')).toBeUndefined()
  })

  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://①②⑦.⓪.⓪.①/',
    'https://169.254.169.254/latest/meta-data',
    'not a url',
    '',
  ]) {
    test(`refuses ${url === '' ? 'an empty URL' : url}`, async () => {
      const guard = createEgressGuard({
        resolveHost: (host) => Promise.reject(new Error(`must not resolve ${host}`)),
        isAllowed: isPublic,
      })
      expect(await guard.check(url)).toBeUndefined()
    })
  }
})
