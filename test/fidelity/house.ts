import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { BillEntry } from '../../src/drills/bill.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { isObject, parseJsonObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { askOnce } from '../ask-once.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { anthropicClient } from './anthropic-client.ts'
import { googleClient } from './google-client.ts'
import { openaiClient } from './openai-client.ts'
import { openaiResponsesClient } from './openai-responses-client.ts'
import { MODES, type Mode } from '../modes.ts'
import type { Client, Connection } from './talk.ts'
import { VERCEL_CLIENTS } from './vercel-clients.ts'

/** Providers of the matrix, by the one dialect that each of them speaks. */
export const TARGETS = {
  chat: 'openai-chat',
  messages: 'anthropic-messages',
  responses: 'openai-responses',
  google: 'gemini',
} as const
export type TargetName = keyof typeof TARGETS
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetName[]

export const CLIENTS: readonly Client[] = [
  openaiClient,
  anthropicClient,
  openaiResponsesClient,
  googleClient,
  ...VERCEL_CLIENTS,
]

/** One cell of the matrix. */
export interface Cell {
  /** For the name of a test: `openai → messages, stream`. */
  readonly name: string
  readonly client: Client
  readonly target: TargetName
  readonly mode: Mode
  /** True when client and target speak the same dialect. */
  readonly native: boolean
}

/** Every client × target × mode. */
export const CELLS: readonly Cell[] = CLIENTS.flatMap((client) =>
  TARGET_NAMES.flatMap((target) =>
    MODES.map((mode) => ({
      name: `${client.name} → ${target}, ${mode}`,
      client,
      target,
      mode,
      native: client.dialect === TARGETS[target],
    })),
  ),
)

/** Where a conversation goes that leaves a target. */
export const NEXT: Readonly<Record<TargetName, TargetName>> = {
  chat: 'messages',
  messages: 'responses',
  responses: 'google',
  google: 'chat',
}

/** Every client in both modes at its own language and at one other: for what no language has a part in. */
export const FEW_CELLS: readonly Cell[] = CELLS.filter(
  ({ client, target, native }) =>
    native || CELLS.some((cell) => cell.client === client && cell.native && NEXT[cell.target] === target),
)

/** A gateway in front of a simulated provider that keeps its bill and the bodies it got. */
export interface House extends Connection {
  readonly gateway: RunningGateway
  readonly provider: SimulatedProvider
  /** The body that the provider got last. */
  lastBody(): JsonObject
  /** The line of the request log with its attempts, as the admin API tells it; waits until it is written. */
  row(requestId: string): Promise<LoggedRequest>
  /** The provider's bill for all attempts of a request; waits until each is over. */
  bills(requestId: string): Promise<readonly BillEntry[]>
  close(): Promise<void>
}

export interface LoggedRequest {
  readonly request: JsonObject
  readonly attempts: readonly JsonObject[]
}

/** Log and ledger are written in batches, behind the answer: between two looks, and how many at most. */
const LOOK_EVERY_MS = 10
const MOST_LOOKS = 500

/**
 * Opens the house with a provider of each dialect, and one more for every account (`chat-<account>`), so that a fault at one does
 * not rest the credential of another. They are there to fail: none of a house with accounts is asked twice.
 */
export async function openHouse(accounts: readonly string[] = []): Promise<House> {
  const provider = await openTestProvider(DIALECTS)
  const gateway = await openRunningGateway({
    config: configOf(provider.url, accounts),
    environment: { SIMULATED_KEY: TEST_CREDENTIAL },
  })
  const row = (requestId: string): Promise<LoggedRequest> => lookUp(gateway, requestId)
  return {
    url: gateway.url,
    key: gateway.key,
    gateway,
    provider,
    row,
    lastBody: () => parseJsonObject(new TextDecoder().decode(provider.requests.last()?.body)) ?? {},
    async bills(requestId) {
      const { attempts } = await row(requestId)
      const entries = attempts.flatMap((attempt) => provider.bill.ofAttempt(readString(attempt, 'id') ?? ''))
      return Promise.all(entries.map(({ ordinal }) => provider.bill.settled(ordinal)))
    },
    async close() {
      await gateway.close()
      await provider.close()
    },
  }
}

function configOf(url: string, accounts: readonly string[]): string {
  const names = [...TARGET_NAMES, ...accounts]
  return JSON.stringify({
    providers: Object.fromEntries(names.map((name) => [name, providerOf(name, url)])),
    routes: askOnce(accounts.length === 0 ? [] : names),
  } satisfies ConfigFile)
}

function providerOf(account: string, url: string) {
  const name = TARGET_NAMES.find((target) => account.split('-', 1)[0] === target) ?? 'chat'
  const base_url = `${url}/${name === 'google' ? 'v1beta' : 'v1'}`
  return { type: 'sim', base_url, key: 'env:SIMULATED_KEY', dialects: [TARGETS[name]] }
}

async function lookUp(gateway: RunningGateway, requestId: string): Promise<LoggedRequest> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const response = await gateway.askAdmin(`/api/v1/requests/${requestId}`)
    const request = parseJsonObject(await response.text())
    if (response.ok && isObject(request)) {
      const attempts = readObjects(request, 'attempt_rows')
      if (attempts.length > 0) return { request, attempts }
    }
    await new Promise<void>((resolve) => void systemClock.after(LOOK_EVERY_MS, resolve))
  }
  throw new Error(`the log does not know ${requestId}`)
}
