import type { ModelLine } from './use-models.ts'

export type Ability = ModelLine['can'][number]

/** What models may be able to do, in words. */
export const ABILITIES: Readonly<Record<Ability, string>> = {
  tools: 'tools',
  vision: 'vision',
  documents: 'documents',
  'audio-input': 'hears audio',
  'audio-output': 'speaks',
  'structured-output': 'structured output',
  reasoning: 'reasoning',
  prefill: 'prefill',
}

/** Is a text of the address the word of an ability? */
export function isAbility(word: string): word is Ability {
  return Object.hasOwn(ABILITIES, word)
}
