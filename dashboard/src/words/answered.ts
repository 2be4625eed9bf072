const ASKED_ANEW: ReadonlySet<string> = new Set(['miss', 'refresh', 'bypass'])

/** Who answered where no target did: the cache, by what came of the request there, or nobody. */
export function answeredText(cache: string | undefined): string {
  return cache === undefined || ASKED_ANEW.has(cache) ? 'nobody' : 'the cache'
}
