import type { ConfigFile } from '../src/config/config-file.fixture.ts'

/**
 * Routes to every model of the given providers that ask no target a second time: what is told of a failure is the same
 * without the pause before the repeat, and only a test of repeats needs to sit through it.
 */
export function askOnce(providers: readonly string[]): NonNullable<ConfigFile['routes']> {
  const fallback = { retries: 0 }
  return Object.fromEntries(providers.map((name) => [`${name}/*`, { targets: [`${name}/*`], fallback }]))
}
