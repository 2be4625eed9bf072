import { FORWARD_HEADERS } from './schema.ts'

type Headers = Readonly<Record<string, string>>

const NONE: Headers = {}

/** The client's headers that may travel to a provider of this dialect; a trailing `*` in the list matches a prefix. */
export function forwardedHeaders(headers: Headers): Headers {
  let forwarded: Record<string, string> | undefined
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || !travels(name)) continue
    forwarded ??= {}
    forwarded[name] = value
  }
  return forwarded ?? NONE
}

function travels(name: string): boolean {
  return FORWARD_HEADERS.some((rule) =>
    rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule,
  )
}
