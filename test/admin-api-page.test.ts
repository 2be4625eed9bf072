import { expect, test } from 'bun:test'
import { readObject } from '../src/kit/json.ts'
import { LIMITS } from '../src/kit/limits.ts'
import { openRunningGateway } from './running-gateway.ts'

const page = await Bun.file(new URL('../docs/admin-api.md', import.meta.url)).text()
const snippets = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)

async function runInShell(text: string, environment: Record<string, string>) {
  const shell = Bun.spawn(['sh', '-c', text], { env: { ...process.env, ...environment } })
  return await new Response(shell.stdout).text()
}

test('what docs/admin-api.md shows runs', async () => {
  const gateway = await openRunningGateway()
  const environment = { ADMIN: gateway.adminUrl, TOKEN: gateway.gatehouse.adminToken.secret.reveal() }
  const [list = '', create = '', one = '', purge = '', exported = '', listen = '', feedback = ''] = snippets
  expect(await runInShell(list, environment)).toBe('{"data":[],"has_more":false}')
  const created = await runInShell(create, environment)
  expect(created).toContain('"key":"gh_live_')
  expect(await runInShell(create, environment)).toBe(created)
  expect(await runInShell(purge, environment)).toBe('{"removed":0,"bytes":0}')
  expect(await runInShell(exported, environment)).toStartWith('id,')
  const told = await runInShell(listen, environment)
  expect(told).toContain('event: health')
  expect(told).toContain('event: config')
  expect(snippets).toHaveLength(7)
  expect(await runInShell(one, { ...environment, REQUEST: 'req_none' })).toContain(
    'There is no request req_none',
  )
  expect(await runInShell(feedback, { ...environment, REQUEST: 'req_none' })).toContain(
    'There is no request req_none',
  )
  await gateway.close()
})

test('its numbers are the limits, and its events those of the document', async () => {
  for (const limit of [LIMITS.repeats, LIMITS.eventLinesBehind, LIMITS.eventListeners])
    expect(page).toContain(limit.toLocaleString('en'))
  const gateway = await openRunningGateway()
  const text = await (await gateway.askAdmin('/openapi.json')).text()
  const events = /"x-events":(\{.*?\})\}\}\},"default"/s.exec(text)?.[1] ?? '{}'
  const names = Object.keys(readObject({ events: JSON.parse(events) }, 'events') ?? {})
  expect(names.toSorted()).toEqual(
    [...page.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name ?? '').toSorted(),
  )
  await gateway.close()
})
