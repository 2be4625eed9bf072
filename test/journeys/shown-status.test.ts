import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { askOnce } from '../ask-once.ts'
import { SETTINGS } from '../modes.ts'
import { ask } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/** What the last provider may have said; how it is told differs by dialect and by whose words they are. */
const STATUSES = [400, 401, 402, 404, 408, 413, 429, 500, 502, 503, 504, 529]

const CASES = SETTINGS.map((setting, place) => ({
  ...setting,
  // Providers of its own, because those that were asked in vain rest.
  nameOf: (status: number): string => `p${place}-${status}`,
}))

let house: House
beforeAll(async () => {
  const entriesOf = (url: string) =>
    CASES.flatMap(({ spoken, nameOf }) =>
      STATUSES.map((status) => [nameOf(status), providerEntry(url, { dialects: [spoken] })] as const),
    )
  house = await openHouse({
    providers: (url) => Object.fromEntries(entriesOf(url)),
    config: { routes: askOnce(CASES.flatMap(({ nameOf }) => STATUSES.map(nameOf))) },
  })
})
afterAll(() => house.close())

describe.each(CASES)('a $dialect client of a $spoken provider, $mode', ({ dialect, mode, nameOf }) => {
  test.each(STATUSES)('the request log has the status that the client got after a %d', async (status) => {
    const answer = await ask(house.url, {
      dialect,
      mode,
      model: `${nameOf(status)}/fault?kind=status-${status}`,
      key: house.key(),
    })
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(row.status).toBe(answer.status)
  })
})
