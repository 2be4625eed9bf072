import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import { providerEntry } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/** What a provider answers in place of the simulated one; undefined: nothing. */
export type Illness = (request: Request) => Response | undefined | Promise<Response | undefined>

/** Providers in front of the simulated one that can be made ill and well again. */
export interface SwitchedProviders {
  /** The entry of one of them in the file, with changes. */
  entry(name: string, changes: Parameters<typeof providerEntry>[1]): ReturnType<typeof providerEntry>
  /** The entries of the file, by name. */
  readonly entries: NonNullable<ConfigFile['providers']>
  /** From now on a provider answers with a status of its own, or by a rule that lets through what it gives no answer for; absent: it is well. */
  turn(name: string, illness?: number | Illness): void
  /** How many requests a provider was sent. */
  count(name: string): number
  close(): Promise<void>
}

/** Opens them in front of a simulated provider. */
export function openSwitchedProviders(simulatorUrl: string, names: readonly string[]): SwitchedProviders {
  const ill = new Map<string, Illness>()
  const counts = new Map<string, number>()
  const server = openScriptedProvider(async ({ path, body, request }) => {
    const [, name = '', ...rest] = path.split('/')
    counts.set(name, (counts.get(name) ?? 0) + 1)
    const refusal = await ill.get(name)?.(request)
    if (refusal !== undefined) return refusal
    const answer = await fetch(`${simulatorUrl}/${rest.join('/')}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${TEST_CREDENTIAL}`,
        'x-gatehouse-attempt': request.headers.get('x-gatehouse-attempt') ?? '',
      },
    })
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers })
  })
  const entry: SwitchedProviders['entry'] = (name, changes) => providerEntry(`${server.url}/${name}`, changes)
  return {
    entry,
    entries: Object.fromEntries(names.map((name) => [name, entry(name, {})])),
    turn(name, illness) {
      if (illness === undefined) ill.delete(name)
      else ill.set(name, typeof illness === 'number' ? () => switchedOff(illness) : illness)
    },
    count: (name) => counts.get(name) ?? 0,
    close: server.close,
  }
}

/** What a provider that is ill says. */
export function switchedOff(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ error: { message: 'switched off' } }, { status, headers })
}
