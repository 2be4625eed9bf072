import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boot, type Gatehouse } from '../src/boot.ts'
import type { RunDrill, RunOutage } from '../src/boot/drill-schedule.ts'
import type { ContentLayers } from '../src/gateway/order.ts'
import type { Clock } from '../src/kit/clock.ts'
import type { LogLevel } from '../src/telemetry/log.ts'
import { declaredAnswers, readDocument, type CheckAnswer } from './declared-answers.ts'

export interface RunningGatewayOptions {
  /** Text of `gatehouse.yaml`; without it there is no file and only the built-in simulated provider. */
  readonly config?: string
  /** What the file refers to with `env:NAME`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Look for providers in the environment and on this machine; absent: nobody is looked for. */
  readonly detect?: boolean
  /** From which level on lines of the log are kept; absent: `warn`. */
  readonly logLevel?: LogLevel
  /** Absent: the time of the machine. */
  readonly clock?: Clock
  /** Layers that read or rewrite what is said. */
  readonly contentLayers?: ContentLayers
  /** Runs drills; absent: none is run. */
  readonly runDrill?: RunDrill
  /** Rehearses outages; absent: none is rehearsed. */
  readonly runOutage?: RunOutage
  /** Data directory of an earlier life, or one to keep; without it a fresh one that goes with the gateway. */
  readonly directory?: string
}

/** A whole gateway on free loopback ports over a fresh data directory. */
export interface RunningGateway {
  /** Address of the client API, without a path. */
  readonly url: string
  /** A key that may do everything. */
  readonly key: string
  readonly adminUrl: string
  /** Asks the admin listener with its token. Rejects where an answer is not what the OpenAPI document of the gateway says. */
  askAdmin(path: string, init?: RequestInit): Promise<Response>
  readonly gatehouse: Gatehouse
  /** The configuration file, whether or not it was written. */
  readonly configFile: string
  /** What was logged so far, at that level and above. */
  readonly log: readonly string[]
  /** Drains and closes it and removes its directory, unless that was given. */
  close(): Promise<void>
}

/** Boots the house as `gatehouse start` does, without looking for providers. Rejects with what boot refuses. */
export async function openRunningGateway(options: RunningGatewayOptions = {}): Promise<RunningGateway> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  const configFile = join(directory, 'gatehouse.yaml')
  const log: string[] = []
  const remove = (): void => {
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
  }
  if (options.config !== undefined) writeFileSync(configFile, options.config)
  try {
    const gatehouse = await boot({
      version: '0.0.0-test',
      environment: options.environment ?? {},
      directory,
      port: 0,
      adminPort: 0,
      detect: options.detect ?? false,
      logLevel: options.logLevel ?? 'warn',
      writeLog: (line) => void log.push(line),
      ...(options.config === undefined ? {} : { configFile }),
      ...(options.clock === undefined ? {} : { world: { clock: options.clock } }),
      ...(options.runDrill === undefined ? {} : { runDrill: options.runDrill }),
      ...(options.runOutage === undefined ? {} : { runOutage: options.runOutage }),
      ...(options.contentLayers === undefined ? {} : { contentLayers: options.contentLayers }),
    })
    return {
      url: gatehouse.dataUrl,
      key: gatehouse.firstKey?.secret.reveal() ?? '',
      adminUrl: gatehouse.adminUrl,
      askAdmin: askingAdmin(gatehouse),
      gatehouse,
      configFile,
      log,
      async close() {
        await gatehouse.close()
        remove()
      },
    }
  } catch (thrown) {
    remove()
    throw thrown
  }
}

function askingAdmin(gatehouse: Gatehouse): RunningGateway['askAdmin'] {
  let declared: Promise<CheckAnswer> | undefined
  const ask = (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${gatehouse.adminToken.secret.reveal()}`)
    return fetch(gatehouse.adminUrl + path, { ...init, headers })
  }
  return async (path, init = {}) => {
    const response = await ask(path, init)
    const contentType = response.headers.get('content-type')
    if (contentType?.includes('json') !== true || init.method === 'HEAD') return response
    declared ??= ask('/openapi.json', {}).then(async (document) =>
      declaredAnswers(readDocument(await document.text())),
    )
    const check = await declared
    const { status } = response
    check({ method: init.method ?? 'GET', path, status, contentType, text: await response.clone().text() })
    return response
  }
}
