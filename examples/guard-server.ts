/**
 * A server that a guardrail of type `generic` asks (docs/guard-webhooks.md): it knows a few words and says where they stand.
 *
 *   WEBHOOK_SECRET=whsec_… npx bun examples/guard-server.ts 8181
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

const WORDS = /\b(bluebird|black swan)\b/gi
const { WEBHOOK_SECRET: secret = '' } = process.env
const key = Buffer.from(secret.replace('whsec_', ''), 'base64')

/** Is a message from somebody who has the secret, and not an old one? https://www.standardwebhooks.com */
function isGenuine(headers: Headers, body: string): boolean {
  const seconds = headers.get('webhook-timestamp') ?? ''
  if (Math.abs(Date.now() / 1_000 - Number(seconds)) > 300) return false
  const signed = `${headers.get('webhook-id')}.${seconds}.${body}`
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  const given = Buffer.from(headers.get('webhook-signature') ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 8181),
  async fetch(request) {
    const body = await request.text()
    if (secret !== '' && !isGenuine(request.headers, body)) return new Response(null, { status: 401 })
    const texts: string[] = JSON.parse(body).data.texts
    const found = texts.flatMap((words, text) =>
      [...words.matchAll(WORDS)].map(([value]) => ({ name: 'code-name', text, value })),
    )
    return Response.json({ found })
  },
})

console.log(`listening on ${server.url}`)
