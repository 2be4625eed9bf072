import { expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { openRunningGateway } from '../test/running-gateway.ts'
import { ConfigurationError } from './boot/configuration.ts'

const ask = (gateway: { url: string; key: string }, model: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}` },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  })

test('while it drains, the gateway says that it is not ready, and the stream that is under way ends well', async () => {
  const gateway = await openRunningGateway()
  const readyz = (): Promise<Response> => fetch(`${gateway.adminUrl}/readyz`)
  expect((await readyz()).status).toBe(200)
  const answer = await ask(gateway, 'sim/long?tokens=40&tps=80')
  const closed = gateway.close()
  const response = await readyz()
  expect([response.status, await response.text()]).toEqual([503, 'draining\n'])
  expect(await answer.text()).toEndWith('data: [DONE]\n\n')
  await closed
  expect(readyz()).rejects.toThrow()
})

test('the status names the providers of the plan in force', async () => {
  const gateway = await openRunningGateway({ config: 'providers:\n  sim:\n' })
  const names = async (): Promise<unknown> => {
    const status = await (await gateway.askAdmin('/statusz')).json()
    return (status as { providers: { name: string }[] }).providers.map(({ name }) => name)
  }
  expect(await names()).toEqual(['sim'])
  const text = readFileSync(gateway.configFile, 'utf8')
  writeFileSync(gateway.configFile, `${text}  ollama: { base_url: 'http://127.0.0.1:9/v1' }\n`)
  gateway.gatehouse.reload()
  expect(await names()).toEqual(['sim', 'ollama'])
  await gateway.close()
})

test('a configuration that cannot be used is refused with the place in the file', async () => {
  const refused = openRunningGateway({ config: 'providers:\n  sim:\nroutes:\n  a: [nobody/x]\n' })
  const error = await refused.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(String(error)).toContain('a: [nobody/x]')
  expect(String(error)).toContain('^')
})

test('the models that a key sees are those that it may use', async () => {
  const config = [
    'providers:',
    '  sim:',
    "  mine: { base_url: 'http://127.0.0.1:9/v1', dialects: [openai-chat] }",
    'routes: { in: [sim/echo], both: [mine/x, sim/echo], out: [mine/x], sim/mask: [mine/x] }',
    '',
  ].join('\n')
  const gateway = await openRunningGateway({ config })
  const made = await gateway.askAdmin('/api/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'narrow', models: ['sim/*'] }),
  })
  const { key } = (await made.json()) as { key: string }
  const headers = { authorization: `Bearer ${key}` }
  const list = await (await fetch(`${gateway.url}/v1/models`, { headers })).json()
  const seen = new Set((list as { data: { id: string }[] }).data.map(({ id }) => id))
  for (const model of ['in', 'both', 'out', 'sim/mask', 'sim/echo', 'auto']) {
    const response = await ask({ url: gateway.url, key }, model)
    await response.text()
    expect([model, seen.has(model)]).toEqual([model, response.status !== 403])
  }
  expect(seen.has('in') && !seen.has('out')).toBe(true)
  await gateway.close()
})
