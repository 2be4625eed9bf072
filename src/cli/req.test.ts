import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { openRunningGateway, type RunningGateway } from '../../test/running-gateway.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
let gateway: RunningGateway
let data: string
beforeAll(async () => {
  const config =
    'providers: { sim: }\nroutes: { smart: [\'sim/fault?kind=status-500\', sim/smart], "e\\u202Evil": [sim/echo] }\n'
  gateway = await openRunningGateway({ config })
  data = dirname(gateway.configFile)
})
afterAll(async () => {
  await gateway.close()
  close()
})

const ask = async (model: string): Promise<string> => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })
  await response.text()
  return response.headers.get('x-request-id') ?? ''
}

const shown = async (...given: string[]) =>
  run(workplace(), [...given, '--data', data, '--config', gateway.configFile])

describe('req', () => {
  test('one request on one screen: who, why here, attempts, times, receipt', async () => {
    const id = await ask('smart')
    await untilLogged(id)
    const { exitCode, out } = await shown('req', id)
    expect(exitCode).toBe(0)
    for (const part of [
      'smart → sim/smart',
      'key dev',
      'of which gatehouse',
      'Why here',
      'BEGUN FOR',
      'fallback',
      'Receipt',
      'Together',
      'simulated',
    ])
      expect(out).toContain(part)
    const { out: told } = await shown('req', id, '--json')
    expect(JSON.parse(told)).toMatchObject({ id, route: 'smart', receipt: { request_id: id } })
  })

  test('what people thought of it is shown, and does nothing to the terminal', async () => {
    const id = await ask('smart')
    const body = {
      request_id: id,
      thumbs: 'down',
      labels: ['tone'],
      source: 'ana',
      comment: '\u001b[2JToo long.',
    }
    const given = await fetch(`${gateway.url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(given.status).toBe(201)
    const { out } = await shown('req', id)
    expect(out).toContain(String.raw`-1  by ana, tone, \u001b[2JToo long.`)
    const { out: told } = await shown('req', id, '--json')
    expect(JSON.parse(told)).toMatchObject({ feedback: [{ score: -1, labels: ['tone'], by: 'ana' }] })
  })

  test('an unknown id is said, and no id is a mistake', async () => {
    expect(await shown('req', 'req_nothing')).toMatchObject({
      exitCode: 3,
      err: 'There is no req_nothing in the request log.\n',
    })
    expect((await shown('req')).exitCode).toBe(2)
  })
})

describe('top', () => {
  test('--once tells the last minute by route and target', async () => {
    await untilLogged(await ask('smart'))
    const { exitCode, out } = await shown('top', '--once')
    expect(exitCode).toBe(0)
    expect(out).toMatch(/last minute: \d+ requests/)
    expect(out).toMatch(/smart +\d+/)
    expect(out).toMatch(/sim\/smart +\d+/)
    const { out: told } = await shown('top', '--once', '--json')
    expect(JSON.parse(told)).toMatchObject({ window_s: 60, routes: [{ name: 'smart' }] })
  })

  test('hostile names are inert', async () => {
    await untilLogged(await ask('e\u202Evil'))
    const { out } = await shown('top', '--once')
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    expect(out).not.toMatch(/[\u001B\u202E]/)
  })
})

describe('usage --why', () => {
  test('a change of spend is told driver by driver, and adds up', async () => {
    await untilLogged(await ask('smart'))
    const { exitCode, out } = await shown('usage', '--why', '--since', '1d', '--json')
    expect(exitCode).toBe(0)
    const told = JSON.parse(out)
    const sum = Object.values<string>(told.drivers).reduce((total, one) => total + BigInt(one), 0n)
    expect(sum).toBe(BigInt(told.after.nano_usd) - BigInt(told.before.nano_usd))
    expect(told).toMatchObject({ simulated: true, requests_counted: true, before: { nano_usd: '0' } })
    expect(sum > 0n).toBe(true)
    expect((await shown('usage', '--why')).out).toContain('retries, fallbacks, hedges')
  })
})

/** Rows are written a moment after the answer. */
async function untilLogged(id: string): Promise<void> {
  const path = `/api/v1/requests/${id}`
  while ((await gateway.askAdmin(path)).status !== 200) await Bun.sleep(5)
}
