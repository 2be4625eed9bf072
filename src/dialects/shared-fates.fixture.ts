/* Fates that are the same in many dialects. */

export const KEPT_BY_OWN = { own: 'kept', foreign: 'unknown.dropped' } as const
export const HOSTED = { own: 'kept', foreign: 'refused' } as const
export const NATIVE = { own: 'kept', foreign: 'native.dropped' } as const
/** What a request is asked about must be told, in other words or not at all. */
export const NATIVE_INPUT = { own: 'kept', foreign: 'refused' } as const
export const OWN_SIGNATURE = { own: 'kept', foreign: 'seal.foreign' } as const

/** No provider answers with these. */
export const NEVER_ANSWERED = {
  'search-result.source': 'native.dropped',
  'search-result.title': 'native.dropped',
  'search-result.blocks': 'native.dropped',
  'search-result.cite': 'native.dropped',
  'tool-result.callId': 'native.dropped',
  'tool-result.isError': 'native.dropped',
  'tool-result.blocks': 'native.dropped',
} as const

/** What only the maker's own clients know is in nearly every answer, and no other client misses it. */
export const OWN_KNOWLEDGE = { own: 'kept', foreign: 'unneeded' } as const
