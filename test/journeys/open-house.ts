import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import type { ContentLayers } from '../../src/gateway/order.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { mintKey } from '../../src/exchange/virtual-key.ts'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { readCursor, type Position } from '../../src/store/sqlite/page-cursor.ts'
import { createInlineReader } from '../../src/store/sqlite/reads.ts'
import type { LedgerRow, RequestRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

type KeyTerms = Omit<NonNullable<ConfigFile['keys']>[number], 'name' | 'value'>
type ProviderEntry = NonNullable<ConfigFile['providers']>[string]

export interface HouseOptions {
  /** Everything of the file except providers and keys. */
  readonly config?: Omit<ConfigFile, 'providers' | 'keys'>
  /** Providers besides `first` and `second`, which both are the house's simulated provider, with a credential each. */
  readonly providers?: (simulatorUrl: string) => Readonly<Record<string, ProviderEntry>>
  /** What the file refers to besides the credential of the simulated provider and the keys. */
  readonly environment?: Readonly<Record<string, string>>
  /** Keys by name; their texts are made here. */
  readonly keys?: Readonly<Record<string, KeyTerms>>
  /** Layers that have to do with what is said. */
  readonly contentLayers?: ContentLayers
  /** Absent: the time of the machine. */
  readonly clock?: Clock
  /** What an earlier house left, or where one should leave it. */
  readonly directory?: string
  /** A simulated provider that outlives the house. */
  readonly provider?: SimulatedProvider
  /** Texts of keys that an earlier house knew. */
  readonly keyTexts?: Readonly<Record<string, string>>
}

/** What a house wrote down while it ran. */
export interface Records {
  readonly ledger: readonly LedgerRow[]
  readonly requests: readonly RequestRow[]
}

/** A gateway, its provider, and what they wrote down. */
export interface House {
  readonly url: string
  readonly gateway: RunningGateway
  readonly provider: SimulatedProvider
  /** The text of a key by its name; `dev` is the first key, which may do everything. */
  key(name?: string): string
  readonly keyTexts: Readonly<Record<string, string>>
  /** The line of a request, as soon as there is one. */
  rowOf(requestId: string): Promise<RequestRow>
  /** The text of the configuration for other sections, with the same providers and keys. */
  configText(config: Omit<ConfigFile, 'providers' | 'keys'>): string
  /** Closes the gateway and gives everything that is kept; harmless when repeated. */
  close(): Promise<Records>
}

/** The dialects that are spoken at the same address as one of them, that one first. */
export function neighboursOf(dialect: ClientDialect): readonly ClientDialect[] {
  const { basePath } = WIRES[dialect]
  return [
    dialect,
    ...CLIENT_DIALECTS.filter((other) => other !== dialect && WIRES[other].basePath === basePath),
  ]
}

type EntryChanges = Omit<Exclude<ProviderEntry, string | null>, 'dialects'> & {
  readonly dialects?: readonly ClientDialect[]
}

/** The entry of a simulated provider in the file of a gateway; it speaks all dialects of one address unless told otherwise. */
export function providerEntry(url: string, changes: EntryChanges = {}): ProviderEntry {
  const dialects = changes.dialects ?? neighboursOf('openai-chat')
  const [first = 'openai-chat'] = dialects
  return {
    base_url: url + WIRES[first].basePath,
    ...(changes.keys === undefined ? { key: 'env:PROVIDER_KEY' } : {}),
    timeout: { connect: '10s', first_token: '30s', idle: '30s', total: '60s' },
    ...changes,
    dialects: [...dialects],
  }
}

/** Makes the text of a key; any installation can hash it. */
export function makeKeyText(): string {
  return mintKey({ environment: 'test', random: systemRandom, hmac: () => '' }).text.reveal()
}

function variableOf(name: string): string {
  return `KEY_${name.replaceAll('-', '_').toUpperCase()}`
}

/** Opens a house. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'gatehouse-journey-'))
  const provider = options.provider ?? (await openTestProvider(DIALECTS))
  const names = Object.keys(options.keys ?? {})
  const keyTexts = Object.fromEntries(names.map((name) => [name, options.keyTexts?.[name] ?? makeKeyText()]))
  const configText = (config: Omit<ConfigFile, 'providers' | 'keys'>): string =>
    JSON.stringify({
      ...config,
      providers: {
        first: providerEntry(provider.url),
        second: providerEntry(provider.url),
        ...options.providers?.(provider.url),
      },
      keys: Object.entries(options.keys ?? {}).map(([name, terms]) => ({
        name,
        value: `env:${variableOf(name)}`,
        ...terms,
      })),
    } satisfies ConfigFile)
  const gateway = await openRunningGateway({
    config: configText(options.config ?? {}),
    environment: {
      ...options.environment,
      PROVIDER_KEY: TEST_CREDENTIAL,
      ...Object.fromEntries(names.map((name) => [variableOf(name), keyTexts[name] ?? ''])),
    },
    directory,
    ...(options.contentLayers === undefined ? {} : { contentLayers: options.contentLayers }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  const log = watchRequests(gateway)
  let closed: Promise<Records> | undefined
  const close = async (): Promise<Records> => {
    await gateway.close()
    if (options.provider === undefined) await provider.close()
    const records = await readRecords(directory)
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
    return records
  }
  return {
    url: gateway.url,
    gateway,
    provider,
    key: (name = 'dev') => (name === 'dev' ? gateway.key : (keyTexts[name] ?? '')),
    keyTexts,
    rowOf: log,
    configText,
    close: () => (closed ??= close()),
  }
}

function watchRequests({ gatehouse }: RunningGateway): (id: string) => Promise<RequestRow> {
  const lines = new Map<string, PromiseWithResolvers<RequestRow>>()
  const lineOf = (id: string): PromiseWithResolvers<RequestRow> => {
    const line = lines.get(id) ?? Promise.withResolvers<RequestRow>()
    lines.set(id, line)
    return line
  }
  gatehouse.onRequest((row) => lineOf(row.id).resolve(row))
  return (id) => lineOf(id).promise
}

/** Everything that is kept in a data directory whose gateway is closed. */
export async function readRecords(directory: string): Promise<Records> {
  const database = openDatabase(join(directory, 'gatehouse.db'))
  const reader = createInlineReader(database)
  const ledger = await readAll((position) => reader.read('ledgerPage', { limit: 500, position }))
  const requests = await readAll((position) => reader.read('requestPage', { limit: 500, position }))
  database.close()
  return { ledger, requests }
}

async function readAll<Row>(
  page: (position: Position) => Promise<{ readonly rows: readonly Row[]; readonly next?: string }>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let after: string | undefined
  do {
    const found = await page(readCursor(after))
    rows.push(...found.rows)
    after = found.next
  } while (after !== undefined)
  return rows
}
