import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { connectRaw } from '../raw-client.ts'
import { startGatewayProcess } from './gateway-process.ts'

const MOST_OPEN = 200

/** Asks again and again until there is an answer; the test's own time ends it. */
async function untilAnswered(url: string): Promise<number> {
  for (;;) {
    const status = await fetch(url, { method: 'HEAD' }).then(
      (response) => response.status,
      () => undefined,
    )
    if (status !== undefined) return status
    await Bun.sleep(50)
  }
}

test('while silent clients hold every connection the admin API answers, and the other one as soon as they leave', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-connections-'))
  writeFileSync(join(directory, 'gatehouse.yaml'), '{}')
  const gateway = await startGatewayProcess({ directory, environment: {}, descriptors: MOST_OPEN })
  try {
    const clients = await Promise.all(Array.from({ length: MOST_OPEN + 50 }, () => connectRaw(gateway.url)))
    // The system takes more connections than the listener can; they are turned away when it is shut.
    await Promise.race(clients.map((client) => client.until()))
    for (let asked = 0; asked < 5; asked += 1) {
      expect((await fetch(`${gateway.adminUrl}/livez`, { keepalive: false })).status).toBe(200)
    }
    for (const client of clients) client.close()
    expect(await untilAnswered(`${gateway.url}/`)).toBe(200)
  } finally {
    await gateway.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})
