import type { Dialect } from '../dialects/dialect.ts'
import { systemClock } from '../kit/clock.ts'
import { serveHttp } from '../kit/http-server.ts'
import { Secret } from '../kit/secret.ts'
import { openSimulatedProvider, type SimulatedProvider } from './simulated-provider.ts'

/** The credential that providers opened for tests accept. */
export const TEST_CREDENTIAL = 'sim-secret'

/** Opens a simulated provider on a free loopback port, for tests: seed 1, bodies kept, the real clock. */
export function openTestProvider(dialects: readonly Dialect[]): Promise<SimulatedProvider> {
  return openSimulatedProvider({
    host: '127.0.0.1',
    port: 0,
    dialects,
    clock: systemClock,
    seed: 1,
    secret: new Secret(TEST_CREDENTIAL),
    serve: serveHttp,
    keepBodies: true,
  })
}
