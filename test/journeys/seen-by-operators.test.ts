import { expect, test } from 'bun:test'
import { readObjects, type JsonObject } from '../../src/kit/json.ts'
import { ask } from './asking.ts'
import { openHouse, providerEntry } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'
import { openRunningGateway } from '../running-gateway.ts'

/*
 * What operators see of a gateway that serves: what is resting, busy and waited for, and the drills that it runs.
 */

/** Asks until what is answered is what is waited for. */
async function until<Value>(look: () => Promise<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await look()
    if (isIt(value)) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what is resting, busy and waited for is told of each target', async () => {
  const held = Promise.withResolvers<void>()
  const slow = openScriptedProvider(async () => {
    await held.promise
    return Response.json({
      choices: [{ message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
    })
  })
  const house = await openHouse({
    providers: () => ({
      lined: providerEntry(slow.url, {
        dialects: ['openai-chat'],
        concurrent: { max: 1, queue: { max: 5, wait: '20s' } },
      }),
      gone: providerEntry('http://127.0.0.1:9', { dialects: ['openai-chat'] }),
    }),
    config: { routes: { busy: ['lined/m'], down: ['gone/m', 'first/echo'] } },
  })
  const put = (model: string) =>
    ask(house.url, { dialect: 'openai-chat', mode: 'unary', model, key: house.key(), text: 'Say this.' })
  const loadOf = async (target: string): Promise<JsonObject> => {
    const answer = await (await house.gateway.askAdmin('/api/v1/loads')).json()
    return readObjects(answer, 'data').find((one) => one['target'] === target) ?? {}
  }
  const waiting = [put('busy'), put('busy'), put('busy')]
  expect((await put('down')).status).toBe(200)
  const isFull = (load: JsonObject): boolean => readObjects(load, 'gates')[0]?.['waiting'] === 2
  expect(await until(() => loadOf('lined/m'), isFull)).toMatchObject({
    state: 'well',
    in_flight: 1,
    gates: [{ name: 'lined', limit: 1, in_use: 1, waiting: 2 }],
  })
  expect(await loadOf('first/echo')).toMatchObject({ state: 'well', in_flight: 0, error_share: 0 })
  for (let count = 0; count < 5; count += 1) await put('down')
  const rests = await loadOf('gone/m')
  expect(rests).toMatchObject({ state: 'resting', rests: [{ kind: 'circuit-open' }] })
  expect(rests['error_share']).toBeGreaterThan(0.5)
  const resting = await house.gateway.askAdmin('/api/v1/loads?state=resting')
  expect(readObjects(await resting.json(), 'data').map(({ target }) => target)).toEqual(['gone/m'])
  held.resolve()
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
  expect(await loadOf('lined/m')).toMatchObject({ in_flight: 0, gates: [{ in_use: 0, waiting: 0 }] })
  await house.close()
  await slow.close()
})

test('a drill is listed, run when it is asked for, and one that there is not is answered with the nearest', async () => {
  const over = Promise.withResolvers<void>()
  const run: string[] = []
  const gateway = await openRunningGateway({
    config: `
providers: { sim: }
routes: { support: [sim/smart] }
drills: { weekly: { cron: "0 9 * * 1", faults: [{ kind: outage, provider: sim }] } }
`,
    runDrill: async (name) => {
      run.push(name)
      await over.promise
      return { passed: true, broken: [] }
    },
  })
  const post = (path: string, body = '{}') =>
    gateway.askAdmin(`/api/v1/drills/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  const stateOf = async () => {
    const answer = await (await gateway.askAdmin('/api/v1/drills')).json()
    return readObjects(answer, 'data')[0]?.['state']
  }
  expect(await stateOf()).toBe('idle')
  const asked = await post('weekly')
  expect([asked.status, await asked.json()]).toEqual([202, { name: 'weekly', state: 'running' }])
  await post('weekly')
  expect(await stateOf()).toBe('running')
  over.resolve()
  await until(stateOf, (state) => state === 'idle')
  expect(run).toEqual(['weekly'])
  const wrong = await post('weakly')
  expect([wrong.status, await wrong.text()]).toEqual([404, expect.stringContaining('"nearest":["weekly"]')])
  expect((await post('weekly', '{"live":true}')).status).toBe(400)
  expect((await gateway.askAdmin('/api/v1/drills/weekly')).status).toBe(200)
  await gateway.close()
})
