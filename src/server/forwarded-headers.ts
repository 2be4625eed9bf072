import { namesHeader } from '../kit/header-rules.ts'

/** Picks the headers of a client that its dialect lets through, lower case. */
export type PickForwarded = (headers: Headers) => Record<string, string>

/**
 * Creates the picker of a dialect.
 *
 * @param allowed names in lower case; a trailing `*` matches a prefix
 */
export function createForwardedPicker(allowed: readonly string[]): PickForwarded {
  return (headers) => {
    const forwarded: Record<string, string> = {}
    // An iterator would make an object for each.
    headers.forEach((value, name) => {
      if (namesHeader(allowed, name)) forwarded[name] = value
    })
    return forwarded
  }
}
