import { expect, test } from 'bun:test'
import { probeJson } from './probe-json.ts'

async function ask(answer: () => Response | Promise<Response>, timeoutMs = 1_000) {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
  try {
    return await probeJson(server.url.href, timeoutMs)
  } finally {
    await server.stop(true)
  }
}

test('an object in a successful answer is what was asked for', async () => {
  expect(await ask(() => Response.json({ data: [] }))).toEqual({ data: [] })
})

test.each([
  ['an error', () => Response.json({}, { status: 404 })],
  ['a redirect, which is not followed', () => Response.redirect('/elsewhere')],
  ['text', () => new Response('hello')],
  ['a list', () => Response.json([])],
])('%s is nothing', async (_what, answer) => {
  expect(await ask(answer)).toBeUndefined()
})

test('silence is nothing after the limit', async () => {
  const { promise } = Promise.withResolvers<Response>()
  expect(await ask(() => promise, 1)).toBeUndefined()
})

test('nobody there is nothing', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { href } = server.url
  await server.stop(true)
  expect(await probeJson(href, 1_000)).toBeUndefined()
})
