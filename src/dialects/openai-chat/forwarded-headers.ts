import { FORWARD_HEADERS } from './schema.ts'

/** The client's headers that may travel to a provider of this dialect; a trailing `*` in the list matches a prefix. */
export function forwardedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const forwarded: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && travels(name)) forwarded[name] = value
  }
  return forwarded
}

function travels(name: string): boolean {
  return FORWARD_HEADERS.some((rule) =>
    rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule,
  )
}
