import type { WordClass } from './vocabulary.ts'

/** What is tried, by the names of what is found. */
export type InjectionFamily =
  | 'override'
  | 'jailbreak'
  | 'prompt-leak'
  | 'encoded'
  | 'hidden'
  | 'fake-turn'
  | 'exfiltration'

/** Words that say something together. */
export interface InjectionRule {
  readonly family: InjectionFamily
  /** How much it counts. */
  readonly weight: number
  /** In this order, one behind the other. */
  readonly words: readonly WordClass[]
  /** Most characters between two of them; where it is a list, one for each. */
  readonly gap: number | readonly number[]
  /** True where all of them stand in one line. */
  readonly isOneLine?: true
  /** True where it counts one less, unless the first word begins a clause as commands do. */
  readonly isCommand?: true
}

const NEAR = 36
const IN_SENTENCE = 110

const rule = (
  family: InjectionFamily,
  weight: number,
  {
    words,
    gap = NEAR,
    ...rest
  }: Pick<InjectionRule, 'words'> & Partial<Pick<InjectionRule, 'gap' | 'isCommand' | 'isOneLine'>>,
): InjectionRule => ({ family, weight, words, gap, ...rest })

/** Three is enough by itself where the sensitivity is medium. Judged by hand, on texts of our own. */
export const INJECTION_RULES: readonly InjectionRule[] = [
  rule('override', 3, { words: ['override', 'prior', 'rules'], isCommand: true }),
  rule('override', 3, { words: ['override', 'rules', 'prior'], gap: [NEAR, 4], isCommand: true }),
  rule('override', 3, { words: ['override', 'rules', 'above'], isCommand: true }),
  rule('override', 3, { words: ['override', 'your', 'rules'], gap: 16, isCommand: true }),
  rule('override', 3, { words: ['override', 'told'], gap: 24, isCommand: true }),
  rule('override', 3, { words: ['override', 'safety'], isCommand: true }),
  rule('override', 3, { words: ['override', 'prompt'], gap: 16, isCommand: true }),
  rule('override', 1, { words: ['override', 'rules'], gap: 16 }),
  rule('override', 3, { words: ['prior', 'rules', 'void'], gap: 24 }),
  rule('override', 3, { words: ['rules', 'above', 'void'], gap: 24 }),
  rule('override', 3, { words: ['above', 'void'], gap: 24 }),
  rule('override', 3, { words: ['rules', 'override', 'rules'], gap: [NEAR, 12] }),
  rule('override', 1, { words: ['new'] }),
  rule('override', 3, { words: ['to-models', 'act'], gap: IN_SENTENCE }),
  rule('override', 3, { words: ['admin'] }),
  rule('jailbreak', 3, { words: ['become', 'free'], gap: IN_SENTENCE }),
  rule('jailbreak', 3, { words: ['free', 'become'], gap: IN_SENTENCE }),
  rule('jailbreak', 2, { words: ['answer', 'free'], gap: IN_SENTENCE }),
  rule('jailbreak', 3, { words: ['answer', 'free', 'free'], gap: IN_SENTENCE }),
  rule('jailbreak', 1, { words: ['free'] }),
  rule('jailbreak', 3, { words: ['become', 'persona', 'free'], gap: IN_SENTENCE }),
  rule('jailbreak', 2, { words: ['become', 'persona'], gap: 12 }),
  rule('jailbreak', 1, { words: ['enable', 'mode'], gap: 8 }),
  rule('jailbreak', 3, { words: ['enable', 'mode', 'safety'], gap: IN_SENTENCE }),
  rule('jailbreak', 3, { words: ['mode', 'free'], gap: IN_SENTENCE }),
  rule('prompt-leak', 3, { words: ['tell', 'own-prompt'], gap: 48 }),
  rule('prompt-leak', 3, { words: ['leak', 'prompt'], gap: 24 }),
  rule('prompt-leak', 2, { words: ['tell', 'prompt'], gap: 24 }),
  rule('prompt-leak', 4, { words: ['tell', 'prompt', 'verbatim'], gap: 48 }),
  rule('prompt-leak', 3, { words: ['tell', 'text-above', 'verbatim'], gap: 24 }),
  rule('prompt-leak', 2, { words: ['tell', 'text-above'], gap: 16 }),
  rule('encoded', 3, { words: ['encoded', 'follow'], gap: IN_SENTENCE }),
  rule('encoded', 2, { words: ['tell', 'prompt', 'encoded'], gap: 48 }),
  rule('exfiltration', 3, { words: ['send', 'private', 'address'], gap: IN_SENTENCE, isOneLine: true }),
  rule('exfiltration', 3, { words: ['send', 'address', 'private'], gap: IN_SENTENCE, isOneLine: true }),
  // Speaking of attacks is none, as a rule.
  rule('override', -1, { words: ['about'] }),
]

/** Longest from the first word of a rule to the last. */
export const LONGEST_RULE = 2 * IN_SENTENCE + 128
