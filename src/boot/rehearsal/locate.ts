import type { Dialect } from '../../dialects/dialect.ts'
import { listEndpoints } from '../../dialects/list-endpoints.ts'
import { createPathPattern } from '../../kit/path-pattern.ts'

/** Finds the path by which the house's own dialects name a place; undefined where it is none of theirs. */
export type Locate = (path: string) => string | undefined

/**
 * Creates the finder of endpoints: providers have them below addresses of their own (`/openai/v1/chat/completions`,
 * `/api/paas/v4/chat/completions`), and speak the same there.
 */
export function createLocate(dialects: readonly Dialect[]): Locate {
  const patterns = dialects.flatMap(listEndpoints).map(({ path }) => createPathPattern(path))
  const roots = new Set(
    dialects.flatMap(listEndpoints).map(({ path }) => path.slice(0, path.indexOf('/', 1))),
  )
  const isKnown = (path: string): boolean => patterns.some((pattern) => pattern(path)?.prefix === '')
  return (path) => {
    const ends = endsOf(path)
    return ends.find(isKnown) ?? ends.flatMap((end) => [...roots].map((root) => root + end)).find(isKnown)
  }
}

/** A path, and what remains of it without its first parts. */
function endsOf(path: string): string[] {
  const ends: string[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) ends.push(path.slice(at))
  return ends
}
