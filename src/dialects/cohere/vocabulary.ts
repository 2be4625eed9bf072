import { Fields } from '../fields.ts'

/*
 * The words of Cohere's API (https://docs.cohere.com/reference/about), second version.
 */

/** The family of wire languages that this dialect belongs to. */
export const FAMILY = 'cohere'

/** What clients write, read and refused in the words of the API. */
export const FIELDS = new Fields({
  family: FAMILY,
  marks: [],
  words: { sentence: (path, complaint) => `invalid request: \`${path}\` ${complaint}.` },
})

/** Client headers that travel to providers of this dialect. */
export const FORWARD_HEADERS = ['x-client-name'] as const
