import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { askOnce } from '../ask-once.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { ask } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/** What the last provider may have said; how it is told differs by dialect and by whose words they are. */
const STATUSES = [400, 401, 402, 404, 408, 413, 429, 500, 502, 503, 504, 529]

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((spoken) => MODES.map((mode) => ({ dialect, spoken, mode }))),
)

describe.each(SETTINGS)('a $dialect client of a $spoken provider, $mode', ({ dialect, spoken, mode }) => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      providers: (url) =>
        Object.fromEntries(
          STATUSES.map((status) => [`p${status}`, providerEntry(url, { dialects: [spoken] })]),
        ),
      config: { routes: askOnce(STATUSES.map((status) => `p${status}`)) },
    })
  })
  afterAll(() => house.close())

  test.each(STATUSES)('the request log has the status that the client got after a %d', async (status) => {
    const answer = await ask(house.url, {
      dialect,
      mode,
      model: `p${status}/fault?kind=status-${status}`,
      key: house.key(),
    })
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(row.status).toBe(answer.status)
  })
})
