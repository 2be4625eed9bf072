import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createWorkplaces, run } from '../../src/cli/command-line.fixture.ts'
import { parseJsonObject, readObjects, type JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

/*
 * What a cache would have saved, told by the gateway that runs and by the command, of what was said; and nothing of it where nothing is kept.
 */

const CONFIG = `
providers: { sim: }
logs: { content: { keep: redacted, routes: { quiet: none } } }
routes:
  faq: [sim/smart]
  weather: [sim/smart]
  quiet: [sim/smart]
`
const FAQ = [
  'How much does a ticket to Rome cost?',
  'How much does a ticket to Rome cost?',
  'What is the price of a ticket to Rome?',
  'How much does a ticket to Paris cost?',
]

const { workplace, close } = createWorkplaces()
let directory: string
let gateway: RunningGateway

async function ask(model: string, content: string): Promise<void> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, temperature: 0, messages: [{ role: 'user', content }] }),
  })
  expect(response.status).toBe(200)
  await response.text()
}

async function told(query = ''): Promise<{ status: number; body: JsonObject }> {
  const response = await gateway.askAdmin(`/api/v1/cache/opportunity${query}`)
  return { status: response.status, body: parseJsonObject(await response.text()) ?? {} }
}

beforeAll(async () => {
  directory = workplace(CONFIG)
  mkdirSync(join(directory, '.gatehouse'))
  gateway = await openRunningGateway({ directory: join(directory, '.gatehouse'), config: CONFIG })
  for (const text of FAQ) await ask('faq', text)
  for (let sent = 0; sent < 2; sent += 1) await ask('weather', 'What is the weather like today?')
  await ask('quiet', 'Why is the sky blue?')
  let seen: JsonObject
  do seen = (await told()).body
  while (seen['requests'] !== 6)
})
afterAll(async () => {
  await gateway.close()
  close()
})

test('the gateway tells by route what would be saved and what must not be cached, and the command tells the same', async () => {
  const { body } = await told()
  const [faq, weather, ...others] = readObjects(body, 'data')
  expect(others).toEqual([])
  expect(faq).toMatchObject({
    route: 'faq',
    requests: 4,
    redacted: 4,
    exact: { requests: 1, saved: { nano_usd: '0' } },
    similar: { requests: 1 },
    never_similar: {},
    advice: 'exact',
  })
  expect(weather).toMatchObject({ route: 'weather', advice: 'not', reason: 'time', share: 1 })
  const json = parseJsonObject((await run(directory, ['cache', 'opportunity', '--json'])).out)
  expect(json).toEqual({ ...body, from: expect.any(String), to: expect.any(String) })
  const { out } = await run(directory, ['cache', 'opportunity', 'weather', '--since', '1h', '--ttl', '1d'])
  expect(out).toContain('not: time (100 %)')
  expect(out).not.toContain('faq')
})

test('where nothing is kept it says how to keep it, and what is meant by a word that nobody knows', async () => {
  expect((await told('?route=quiet')).body).toMatchObject({ requests: 0, data: [] })
  expect((await run(directory, ['cache', 'opportunity', 'quiet'])).err).toContain(
    'logs: { content: redacted }',
  )
  expect(await told('?route=fqa')).toMatchObject({ status: 404, body: { nearest: ['faq'] } })
  expect(await told('?ttl=never')).toMatchObject({ status: 400 })
  const wrong = await run(directory, ['cache', 'opportunity', '--scope', 'taem'])
  expect(wrong.err).toContain('Did you mean "team"?')
  expect((await run(directory, ['cache', 'purge', 'faq'])).err).toContain('--route')
})
