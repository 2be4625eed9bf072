import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openListingProvider, type ListingProvider } from '../listing-provider.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

const KEY = 'gsk-the-right-key-0123456789'
const WRONG = 'gsk-a-wrong-key-0123456789'

let gateway: RunningGateway
let found: ListingProvider
let pasted: ListingProvider

beforeAll(async () => {
  found = openListingProvider({ key: 'sk-found-0123456789', says: 'from the one that was found' })
  pasted = openListingProvider({ key: KEY, says: 'from the one that was pasted' })
  gateway = await openRunningGateway({
    detect: true,
    environment: { OPENAI_API_KEY: 'sk-found-0123456789', OPENAI_BASE_URL: found.url },
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all([found.close(), pasted.close()])
})

const send = (path: string, method: string, body: unknown): Promise<Response> =>
  gateway.askAdmin(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const tried = async (key: string, base_url: string) =>
  (await send('/api/v1/providers/groq/try', 'POST', { key, base_url })).json()

const answer = async (model: string): Promise<string> => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hi' }] }),
  })
  return (await response.json()).choices?.[0]?.message?.content
}

test('a key that is refused is told in the words of the provider, without the key, and is kept nowhere', async () => {
  const told = await tried(WRONG, pasted.url)
  expect(told).toMatchObject({
    verdict: 'refused',
    status: 401,
    says: expect.stringContaining('Incorrect API key'),
  })
  expect(JSON.stringify(told)).not.toContain(WRONG)
  expect((await (await gateway.askAdmin('/api/v1/secrets')).json()).data).toEqual([])
  expect(gateway.log.join('\n')).not.toContain(WRONG)
})

test('a list that is open to everybody proves no key; a provider that is not there is told so', async () => {
  const open = openListingProvider({ says: '' })
  expect(await tried(KEY, open.url)).toMatchObject({ verdict: 'unproven', status: 200 })
  // It was asked once more, without the key.
  expect(open.asked).toEqual([`Bearer ${KEY}`, ''])
  await open.close()
  expect(await tried(KEY, 'http://127.0.0.1:1/v1')).toEqual({ verdict: 'unreachable', host: '127.0.0.1:1' })
  const missing = await send('/api/v1/providers/cloudflare/try', 'POST', { key: KEY })
  expect([missing.status, (await missing.json()).errors[0].path]).toEqual([400, 'settings.account_id'])
  expect((await send('/api/v1/providers/grok-q/try', 'POST', { key: KEY })).status).toBe(404)
})

test('a key that is taken is sealed and in force at once, and who was found still answers', async () => {
  expect(await answer('openai/one')).toBe('from the one that was found')
  expect(await tried(KEY, pasted.url)).toMatchObject({ verdict: 'taken', models: 2 })
  expect((await send('/api/v1/secrets/groq-key', 'PUT', { value: KEY })).status).toBe(200)
  const value = { key: 'stored:groq-key', base_url: pasted.url }
  const made = await send('/api/v1/config/objects/providers/groq', 'PUT', { value, comment: 'pasted' })
  expect([made.status, (await made.json()).changed]).toEqual([200, true])
  expect(await answer('groq/one')).toBe('from the one that was pasted')
  expect(await answer('openai/one')).toBe('from the one that was found')
  for (const path of ['/api/v1/start', '/api/v1/secrets', '/api/v1/config/objects/providers/groq'])
    expect(await (await gateway.askAdmin(path)).text()).not.toContain(KEY)
})
