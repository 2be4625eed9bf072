const ASKED_ANEW: ReadonlySet<string> = new Set(['miss', 'refresh', 'bypass'])

/** Who answered where no target did: the cache, by what came of the request there, or nobody. */
export function answeredText(cache: string | undefined): string {
  return isGivenAgain(cache) ? 'the cache' : 'nobody'
}

/** Was a request given an answer that another one had been given, by what came of it at the cache? */
export function isGivenAgain(cache: string | undefined): boolean {
  return cache !== undefined && !ASKED_ANEW.has(cache)
}

const CAME: Readonly<Record<string, string | undefined>> = {
  hit: 'A kept answer was given',
  semantic: 'The answer to a similar question was given',
  stale: 'An older answer was given',
  coalesced: 'The answer to the same question, asked at the same time, was given',
  miss: 'No answer was kept',
  refresh: 'A new answer was wanted',
  bypass: 'The cache was not looked at',
}

/** What came of a request at the cache, as a sentence; one of a version to come is only named. */
export function cameText(cache: string): string {
  return (Object.hasOwn(CAME, cache) ? CAME[cache] : undefined) ?? `cache ${cache}`
}
