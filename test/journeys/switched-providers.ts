import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import { providerEntry } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/** Providers in front of the simulated one that can be made ill and well again. */
export interface SwitchedProviders {
  /** The entries of the file, by name. */
  readonly entries: NonNullable<ConfigFile['providers']>
  /** From now on a provider answers with a status of its own; absent: it is well. */
  turn(name: string, status?: number): void
  /** How many requests a provider was sent. */
  count(name: string): number
  close(): Promise<void>
}

/** Opens them in front of a simulated provider. */
export function openSwitchedProviders(simulatorUrl: string, names: readonly string[]): SwitchedProviders {
  const ill = new Map<string, number>()
  const counts = new Map<string, number>()
  const server = openScriptedProvider(async ({ path, body }) => {
    const [, name = '', ...rest] = path.split('/')
    counts.set(name, (counts.get(name) ?? 0) + 1)
    const status = ill.get(name)
    if (status !== undefined) return Response.json({ error: { message: 'switched off' } }, { status })
    const answer = await fetch(`${simulatorUrl}/${rest.join('/')}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TEST_CREDENTIAL}` },
    })
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers })
  })
  return {
    entries: Object.fromEntries(names.map((name) => [name, providerEntry(`${server.url}/${name}`)])),
    turn(name, status) {
      if (status === undefined) ill.delete(name)
      else ill.set(name, status)
    },
    count: (name) => counts.get(name) ?? 0,
    close: server.close,
  }
}
