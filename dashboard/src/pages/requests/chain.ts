/** One attempt in the short form of a list: `provider/model=outcome/212ms`. */
export interface Link {
  readonly target: string
  readonly provider: string
  /** `ok`, a status, or the code of a failure. */
  readonly outcome: string
}

/** Reads `anthropic/claude=429/212ms, openai/gpt=ok/1180ms`; a part that is not so is left out. */
export function readChain(attempts: string): readonly Link[] {
  return attempts.split(', ').flatMap((part) => {
    const end = part.lastIndexOf('=')
    if (end <= 0) return []
    const target = part.slice(0, end)
    return [
      {
        target,
        provider: target.split('/')[0] ?? target,
        outcome: part.slice(end + 1).replace(/\/\d+ms$/, ''),
      },
    ]
  })
}

/** An answer is `ok`, or the status that a provider answered it with. */
export function isAnswered({ outcome }: Link): boolean {
  return outcome === 'ok' || outcome === '200'
}
