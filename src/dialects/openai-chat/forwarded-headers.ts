import { FORWARD_HEADERS } from './schema.ts'

/** The client's headers that may travel to a provider of this dialect; a trailing `*` in the list matches a prefix. */
export function forwardedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) =>
      FORWARD_HEADERS.some((rule) =>
        rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule,
      ),
    ),
  )
}
