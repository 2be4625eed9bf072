import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintKey } from '../../src/exchange/virtual-key.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { freePort, startPinned, SYSTEM_CORE, waitForHttp, type Running, type System } from '../process.ts'

const ROOT = join(import.meta.dir, '../..')
/** The hash is made by the gateway itself when it reads the key from its configuration. */
const BENCH_KEY = mintKey({ environment: 'bench', random: systemRandom, hmac: () => '' }).text.reveal()

/** Further lines of the sections of the file, indented by two; further sections under `sections`. */
type MoreConfig = Partial<Readonly<Record<'providers' | 'models' | 'routes' | 'sections', string>>>

const gatehouseConfig = (upstreamPort: number, more: MoreConfig): string => `
version: 1
providers:
  upstream: { type: openai, key: env:UPSTREAM_KEY, base_url: "http://127.0.0.1:${upstreamPort}/v1" }
${more.providers ?? ''}
models:
  upstream/bench-unary: { price: { input: 2.5, output: 10, per: 1M } }
${more.models ?? ''}
pricing: { unpriced: allow }
routes:
  bench: [upstream/bench-unary]
${more.routes ?? ''}
${more.sections ?? ''}
keys:
  - name: bench
    value: env:BENCH_KEY
    rpm: 100M
    tpm: 1000000M
    concurrent: 100k
    budgets: [{ usd: 100000000, per: month }]
`

/** Gatehouse, and what only its own operator reaches. */
export interface RunningGatehouse {
  readonly running: Running
  readonly adminUrl: string
  /** Everything that it keeps lies below. */
  readonly directory: string
  askAdmin(path: string): Promise<Response>
}

/** This checkout, with everything on. */
export const gatehouse: System = {
  name: 'gatehouse',
  start: async (upstreamPort) => (await openGatehouse(upstreamPort)).running,
}

/** Another checkout, with its own dependencies installed, under the same configuration: what a change cost or saved shows in one run. */
export function gatehouseBefore(checkout: string): System {
  return {
    name: 'gatehouse-before',
    start: async (upstreamPort) => (await openGatehouse(upstreamPort, checkout)).running,
  }
}

/** This checkout with more switched on than the usual, by what that is: `--with full` measures what it costs. */
export const EXTRAS = {
  full: () => 'logs: { content: full }',
  redacted: () => 'logs: { content: redacted }',
  // Whatever is sent to the upstream that it does not know it takes.
  telemetry: (upstreamPort: number) => `telemetry: { otlp: { url: "http://127.0.0.1:${upstreamPort}" } }`,
} as const satisfies Record<string, (upstreamPort: number) => string>

/** This checkout with an extra, under `gatehouse+<extra>`. */
export function gatehouseWith(extra: keyof typeof EXTRAS): System {
  return {
    name: `gatehouse+${extra}`,
    start: async (upstreamPort) =>
      (await openGatehouse(upstreamPort, ROOT, { sections: EXTRAS[extra](upstreamPort) })).running,
  }
}

/** Is a word the name of an extra? */
export function isExtra(word: string): word is keyof typeof EXTRAS {
  return Object.hasOwn(EXTRAS, word)
}

/**
 * Starts Gatehouse on the first core, with its data in a directory that goes with it.
 *
 * @param checkout where its sources are; absent: here
 * @param more what stands in its file besides the usual
 */
export async function openGatehouse(
  upstreamPort: number,
  checkout = ROOT,
  more: MoreConfig = {},
): Promise<RunningGatehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-gatehouse-'))
  const config = join(directory, 'gatehouse.yaml')
  writeFileSync(config, gatehouseConfig(upstreamPort, more))
  const [port, adminPort] = [await freePort(), await freePort()]
  const program = startPinned(
    SYSTEM_CORE,
    [
      join(checkout, 'node_modules/.bin/bun'),
      join(checkout, 'src/main.ts'),
      'start',
      '--config',
      config,
      '--port',
      `${port}`,
      '--admin-port',
      `${adminPort}`,
      '--no-detect',
    ],
    { cwd: directory, env: { UPSTREAM_KEY: 'bench', BENCH_KEY } },
  )
  await waitForHttp(`http://127.0.0.1:${adminPort}/readyz`)
  const running: Running = {
    chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
    embeddingsUrl: `http://127.0.0.1:${port}/v1/embeddings`,
    messagesUrl: `http://127.0.0.1:${port}/v1/messages`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${BENCH_KEY}` },
    model: (name) => `upstream/${name}`,
    pids: [program.pid],
    async stop() {
      program.kill('SIGTERM')
      await program.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const data = join(directory, '.gatehouse')
  return {
    running,
    adminUrl,
    directory: data,
    askAdmin(path) {
      const token = readFileSync(join(data, 'admin.token'), 'utf8').trim()
      return fetch(adminUrl + path, { headers: { authorization: `Bearer ${token}` } })
    },
  }
}
