import { describe, expect, test } from 'bun:test'
import { TrialUnderWay } from '../admin/release-desk.ts'
import { setObject } from '../config/managed-text.ts'
import { Failure } from '../exchange/failure.ts'
import { openDesk } from './releases.fixture.ts'

/** It is never asked. */
const PROVIDER = 'providers: { here: { type: openai, base_url: "http://127.0.0.1:9" } }\n'
const HALF = { share: 5_000, by: 'session', guard: { errorRate: 0.02, minRequests: 50 } } as const
const ROUTE = { section: 'routes', name: 'fast' }
const ENDED = { firstEventMs: 20, costNanoUsd: () => 1_000n }
const withRoute =
  (...models: string[]) =>
  (managed: string): string =>
    setObject(managed, ROUTE, models)

/** A desk that tries its second version. */
async function openTried() {
  const house = await openDesk(PROVIDER)
  const before = house.inForce()
  await house.desk.change(withRoute('here/a'), { by: 'api', trial: HALF })
  return { house, before }
}

async function states(desk: Awaited<ReturnType<typeof openDesk>>['desk']) {
  const { rows } = await desk.list({ limit: 10 })
  return rows.map(({ number, state, verdict }) => [number, state, verdict])
}

describe('a version that is tried', () => {
  test('changes nothing of what is in force, and nothing else can be changed beside it', async () => {
    const { house, before } = await openTried()
    const { desk } = house
    expect(house.inForce()).toBe(before ?? '')
    expect(house.tried?.plan.routes.has('fast')).toBe(true)
    expect(desk.now().version?.number).toBe(1)
    expect(desk.trial()).toMatchObject({
      version: { number: 2, state: 'tried' },
      share: 5_000,
      by: 'session',
    })
    for (const trial of [HALF, undefined]) {
      const change = desk.change(withRoute('here/b'), { by: 'api', trial })
      expect(await change.catch((error: unknown) => error)).toBeInstanceOf(TrialUnderWay)
    }
    await house.close()
  })

  test('is in force for everybody once it is promoted', async () => {
    const { house } = await openTried()
    const made = await house.desk.promote()
    expect(made?.version).toMatchObject({ number: 2, state: 'in-force' })
    expect(house.inForce()).toContain('"fast"')
    expect(house.tried).toBeUndefined()
    expect(await states(house.desk)).toEqual([
      [2, 'in-force', undefined],
      [1, 'replaced', undefined],
    ])
    expect(await house.desk.promote()).toBeUndefined()
    await house.restart()
    expect(house.inForce()).toContain('"fast"')
    await house.close()
  })

  test('is given up by whoever says so, and by going back to another version', async () => {
    const { house, before } = await openTried()
    expect((await house.desk.giveUp())?.version.state).toBe('given-up')
    expect(house.tried).toBeUndefined()
    expect(house.inForce()).toBe(before ?? '')
    await house.desk.change(withRoute('here/b'), { by: 'api', trial: HALF })
    await house.desk.rollBack(1, { by: 'api' })
    expect(house.tried).toBeUndefined()
    expect(await states(house.desk)).toEqual([
      [4, 'in-force', undefined],
      [3, 'given-up', 'version 1 was put in force again'],
      [2, 'given-up', 'somebody said so'],
      [1, 'rolled-back', undefined],
    ])
    await house.close()
  })

  test('is given up by itself when it does worse than it may, and not for what clients do wrong', async () => {
    const { house } = await openTried()
    const { desk } = house
    const settle = (count: number, failure?: Failure): void => {
      for (let asked = 0; asked < count; asked += 1) {
        house.tried?.record('in-force', ENDED)
        house.tried?.record('tried', ENDED, failure)
      }
    }
    settle(200, new Failure('invalid-request'))
    settle(200, new Failure('budget-exceeded'))
    settle(100)
    expect(desk.trial()?.figures).toMatchObject({ inForce: { requests: 500 }, tried: { requests: 100 } })
    settle(60, new Failure('provider-error'))
    expect(house.tried).toBeUndefined()
    await desk.close()
    expect(await states(desk)).toEqual([
      [2, 'given-up', expect.stringMatching(/^error_rate \d+\.\d % against 0\.0 %/)],
      [1, 'in-force', undefined],
    ])
    await house.close()
  })

  test('ends when the file changes, which has the last word', async () => {
    const { house } = await openTried()
    house.save(`${PROVIDER}routes: { other: [here/b] }`)
    expect(house.tried).toBeUndefined()
    await house.desk.close()
    expect(house.inForce()).not.toContain('"fast"')
    expect((await states(house.desk)).slice(0, 2)).toEqual([
      [3, 'in-force', undefined],
      [2, 'given-up', 'the file was changed'],
    ])
    await house.close()
  })

  test('goes on after a restart with the same people, and ends there where the file has changed meanwhile', async () => {
    const { house, before } = await openTried()
    const people = Array.from({ length: 100 }, (_, index) => ({
      id: `req_${index}`,
      caller: { owners: { key: 'one' } },
      request: {},
      requestOptions: { session: `session ${index}` },
    }))
    const taken = (): boolean[] => people.map((one) => house.tried?.takes(one) === true)
    const first = taken()
    expect(new Set(first).size).toBe(2)
    await house.restart()
    expect(taken()).toEqual(first)
    expect(house.inForce()).toBe(before ?? '')
    expect(house.desk.trial()?.version.number).toBe(2)
    await house.restart(`${PROVIDER}routes: { other: [here/b] }`)
    expect(house.tried).toBeUndefined()
    await house.desk.close()
    expect((await states(house.desk)).slice(0, 2)).toEqual([
      [3, 'in-force', undefined],
      [2, 'given-up', 'the file was changed'],
    ])
    await house.close()
  })
})
