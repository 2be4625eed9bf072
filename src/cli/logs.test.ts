import { afterAll, beforeAll, expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { openRunningGateway, type RunningGateway } from '../../test/running-gateway.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
let gateway: RunningGateway
beforeAll(async () => {
  gateway = await openRunningGateway({ config: 'providers: { sim: }\n' })
})
afterAll(async () => {
  await gateway.close()
  close()
})

const shown = async (...given: string[]) =>
  run(workplace(), ['logs', ...given, '--data', dirname(gateway.configFile), '--config', gateway.configFile])

test('a view that was kept is asked by its name, narrowed by a query; a name that is wrong is told the nearest', async () => {
  const ids: string[] = []
  for (const model of ['sim/smart', 'sim/echo']) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    })
    await response.text()
    const id = response.headers.get('x-request-id') ?? ''
    while (!(await gateway.askAdmin(`/api/v1/requests/${id}`)).ok)
      await new Promise((resolve) => setImmediate(resolve))
    ids.push(id)
  }
  await gateway.askAdmin('/api/v1/views/echoes', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ q: 'model:sim/echo' }),
  })
  const { out } = await shown('--view', 'echoes')
  expect(ids.map((id) => out.includes(id))).toEqual([false, true])
  expect((await shown('--view', 'echoes', '-q', 'status:error')).out).toBe('')
  const { exitCode, err } = await shown('--view', 'echos')
  expect({ exitCode, err }).toMatchObject({
    exitCode: 3,
    err: expect.stringContaining('Did you mean echoes?'),
  })
})
