/** Picks the headers of a client that its dialect lets through, lower case. */
export type PickForwarded = (headers: Headers) => Record<string, string>

/**
 * Creates the picker of a dialect.
 *
 * @param allowed names in lower case; a trailing `*` matches a prefix
 */
export function createForwardedPicker(allowed: readonly string[]): PickForwarded {
  const names = new Set(allowed.filter((rule) => !rule.endsWith('*')))
  const prefixes = allowed.filter((rule) => rule.endsWith('*')).map((rule) => rule.slice(0, -1))
  return (headers) => {
    const forwarded: Record<string, string> = {}
    // Names alone, because values are made when they are read and few are wanted.
    for (const name of headers.keys()) {
      if (names.has(name) || hasPrefix(name, prefixes)) forwarded[name] = headers.get(name) ?? ''
    }
    return forwarded
  }
}

function hasPrefix(name: string, prefixes: readonly string[]): boolean {
  for (const prefix of prefixes) if (name.startsWith(prefix)) return true
  return false
}
