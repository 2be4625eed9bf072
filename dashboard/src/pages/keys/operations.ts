import type { KeyLine } from './use-keys.ts'

type Operation = NonNullable<KeyLine['endpoints']>[number]

/** What can be asked, in plain words; one that is missing does not compile. */
const NAMES: Readonly<Record<Operation, string>> = {
  chat: 'chat',
  'count-tokens': 'count tokens',
  embed: 'embeddings',
  rerank: 'rerank',
  moderate: 'moderate',
  recall: 'stored answers',
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names of members
export const OPERATIONS = Object.entries(NAMES) as readonly (readonly [Operation, string])[]

/** Those that ask a model for something. */
export const MODEL_OPERATIONS = OPERATIONS.filter(([name]) => name !== 'recall')
