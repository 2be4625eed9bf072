import type { Verdict } from '../exchange/operations/moderate.ts'

/** The categories of omni-moderation (https://platform.openai.com/docs/guides/moderation), with words that stand for each. */
const WORDS = {
  harassment: ['idiot', 'loser', 'stupid'],
  'harassment/threatening': ['regret'],
  hate: ['inferior', 'vermin'],
  'hate/threatening': ['exterminate'],
  illicit: ['shoplift', 'counterfeit', 'launder'],
  'illicit/violent': ['bomb', 'explosives'],
  'self-harm': ['suicide', 'cutting'],
  'self-harm/intent': ['disappear'],
  'self-harm/instructions': ['overdose'],
  sexual: ['porn', 'nude'],
  'sexual/minors': ['grooming'],
  violence: ['kill', 'murder', 'stab', 'shoot'],
  'violence/graphic': ['gore', 'dismember'],
} as const

type Category = keyof typeof WORDS

/** Those that images are looked at for too. */
const SEEN: ReadonlySet<string> = new Set<Category>([
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'violence',
  'violence/graphic',
])

/** How sure the model is where it finds nothing, and by how much less unsure each word makes it. */
const [NOTHING, PER_WORD] = [0.0001, 0.2] as const

/** Judges a text by its words: the same text always in the same way. */
export function judgeText(text: string, besideImage: boolean): Omit<Verdict, 'type' | 'input'> {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  const judged = Object.entries(WORDS).map(([category, listed]) => {
    const found = words.filter((word) => listed.some((one) => isFormOf(word, one))).length
    return { category, found, score: found === 0 ? NOTHING : 1 - PER_WORD ** found }
  })
  return {
    flagged: judged.some(({ found }) => found > 0),
    categories: Object.fromEntries(judged.map(({ category, found }) => [category, found > 0])),
    scores: Object.fromEntries(judged.map(({ category, score }) => [category, score])),
    lookedAt: Object.fromEntries(
      judged.map(({ category }) => [
        category,
        besideImage && SEEN.has(category) ? ['text', 'image'] : ['text'],
      ]),
    ),
  }
}

/** `killed` and `killing` are forms of `kill`, `stable` is none of `stab`. */
function isFormOf(word: string, stem: string): boolean {
  return word.startsWith(stem) && /^(?:s|ed|ing|er|ers)?$/.test(word.slice(stem.length))
}
