import { expect, test } from 'bun:test'
import { systemClock } from './clock.ts'
import { createConnectionPools } from './connection-pools.ts'

const pools = createConnectionPools({ clock: systemClock, proxy: undefined, trustedCertificates: undefined })
const query = { scope: 'openai/main', origin: 'https://api.example.com', fresh: false }

test('one query leads to one pool', () => {
  expect(pools.get(query)).toBe(pools.get({ ...query }))
})

test('another scope, origin, freshness or verified name leads to another', () => {
  const others = [
    pools.get(query),
    pools.get({ ...query, scope: 'openai/other' }),
    pools.get({ ...query, origin: 'https://api.example.com:8443' }),
    pools.get({ ...query, fresh: true }),
    pools.get({ ...query, serverName: 'tenant.example.com' }),
  ]
  expect(new Set(others.map((pool) => pool.session)).size).toBe(others.length)
})

test('an origin that cannot be read counts as answering, because the call itself will say what is wrong', async () => {
  expect(await pools.get({ ...query, origin: 'http://[::1' }).answers(10)).toBe(true)
})
