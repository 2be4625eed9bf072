import { OWN_PREFIX } from '../exchange/own-headers.ts'
import { namesHeader } from '../kit/header-rules.ts'

type HeaderRecord = Readonly<Record<string, string>>

/** The headers of a client that somebody has to do with, lower case. */
export interface SortedHeaders {
  /** What its dialect lets through to providers. */
  readonly forwarded: HeaderRecord
  /** What is said to the gateway itself. */
  readonly own: HeaderRecord
}

/** Sorts the headers of a client. Everything else stays where it is. */
export type SortHeaders = (headers: Headers) => SortedHeaders

const NONE: HeaderRecord = {}

/**
 * Creates the sorter of a dialect.
 *
 * @param allowed names that it lets through, in lower case; a trailing `*` matches a prefix
 * @param usual what is said to its providers anyway: who says that too has said nothing, and asks the same as who is silent
 */
export function createHeaderSorter(allowed: readonly string[], usual: HeaderRecord = NONE): SortHeaders {
  return (headers) => {
    const forwarded: Record<string, string> = {}
    let own: Record<string, string> | undefined
    // An iterator would make an object for each.
    headers.forEach((value, name) => {
      if (namesHeader(allowed, name)) {
        if (usual[name] !== value) forwarded[name] = value
      } else if (name.startsWith(OWN_PREFIX)) {
        own ??= {}
        own[name] = value
      }
    })
    return { forwarded, own: own ?? NONE }
  }
}
