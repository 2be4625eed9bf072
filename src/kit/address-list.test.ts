import { expect, test } from 'bun:test'
import { createAddressTest, isNetwork } from './address-list.ts'

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8', true],
  ['0.0.0.0/0', true],
  ['2001:db8::/32', true],
  ['::1', true],
  ['10.0.0.0/33', false],
  ['2001:db8::/129', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0', false],
  ['fe80::1%eth0', false],
  ['example.com', false],
  ['', false],
])('%s is an address or a network: %p', (text, expected) => {
  expect(isNetwork(text)).toBe(expected)
})

test('an address is let through by itself, by its network, and as IPv6 that holds it; nothing else is', () => {
  const isIn = createAddressTest(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'])
  for (const address of ['10.1.255.9', '192.0.2.7', '::ffff:10.1.0.1', '::FFFF:192.0.2.7', '2001:db8:1::9'])
    expect([address, isIn(address)]).toEqual([address, true])
  for (const address of ['10.2.0.1', '192.0.2.8', '::ffff:10.2.0.1', '2001:db9::1', '', 'unix', '10.1.0.1%1'])
    expect([address, isIn(address)]).toEqual([address, false])
})

test('where nothing can be read, nobody is let through', () => {
  expect(createAddressTest(['10.0.0.0/99', 'anything'])('10.0.0.1')).toBe(false)
  expect(createAddressTest([])('10.0.0.1')).toBe(false)
})
