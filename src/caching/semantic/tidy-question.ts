/** Contractions that are two words; `'s` is read by what stands before it. */
const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b/gi, 'can not'],
  [/\bcannot\b/gi, 'can not'],
  [/\bwon't\b/gi, 'will not'],
  [/\bshan't\b/gi, 'shall not'],
  [/n't\b/gi, ' not'],
  [/\b(what|who|where|when|how|why|that|there|it|he|she)'s\b/gi, '$1 is'],
  [/'re\b/gi, ' are'],
  [/'m\b/gi, ' am'],
  [/'ll\b/gi, ' will'],
  [/'ve\b/gi, ' have'],
  [/'d\b/gi, ' would'],
  [/'s\b/gi, ''],
  // Of several, which is not of one.
  [/s'(?=\s)/gi, "s '"],
]

/** Two words that are one. */
const JOINED: readonly (readonly [RegExp, string])[] = [
  [/\be[ -]mails?\b/gi, 'email'],
  [/\bwi[ -]fi\b/gi, 'wifi'],
  [/(?<!\b(?:an?|the|this|that|my|our|your|wooden) )\b(?:log|sign)[ -]in(?:to)?\b/gi, 'login'],
  [/(?<!\b(?:an?|the|this|that|my|our|your) )\bsign[ -]up\b/gi, 'signup'],
  [/(?<!\b(?:an?|the|this|that|my|our|your) )\bset[ -]up\b/gi, 'setup'],
  [/\bUnited Kingdom\b/g, 'UK'],
  [/\b(?:United States(?: of America)?|U\.S\.A?\.?|USA|US)(?![\p{L}])/gu, 'USA'],
  [/\b(?:TV|television)\b/gi, 'tv'],
  // What somebody has to eat is not what he must eat.
  [
    /(?:(?<!\b(?:what|which|who|whom)\b.*)\b(?:have|need|has|needs) to\b|\b(?:have|need|has|needs) to(?= do\b))/gi,
    'must',
  ],
]

/** What is said around a question without being part of it. Each is tried until none of them is found. */
const WRAPPERS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| all| team| everyone)?(?:\s*[,.!:-]+\s*|\s+(?=(?:how|what|who|when|where|why|which|can|could|is|do|does|i|please)\b))/i,
    '',
  ],
  [/^(?:so|ok|okay|well|um|excuse me|sorry|quick question|question)\s*[,.!:-]+\s*/i, ''],
  [/^(?:please|kindly)[\s,]+/i, ''],
  [
    /^((?:can|could|would|will) (?:you|someone|anyone|somebody|anybody)) (?:please|kindly) (?!(?:me|us|him|her|it|them|every\w+|all|an?|the|my|your|our|his|their)\b)/i,
    '$1 ',
  ],
  [
    /^(?:can|could|would|will) (?:you|someone|anyone|somebody|anybody)(?: please| kindly)? (?:tell|show|explain to|help|teach|advise)(?: me| us)?(?: out)?(?: understand| know| with| to find out| find out| figure out)?\s+(?=(?:how|what|who|whom|whose|when|where|why|which)\b)/i,
    '',
  ],
  [
    /^(?:can|could|would|will) (?:you|someone|anyone)(?: please| kindly)? (?=(?:explain|describe|tell me about)\b)/i,
    '',
  ],
  [
    /^(?:i|we) (?:want|would like|wish|am trying|are trying|must|need) (?:to )?(?:know|understand|find out|learn|figure out|ask)(?: about)?,?\s+(?=(?:how|what|who|whom|whose|when|where|why|which)\b)/i,
    '',
  ],
  [
    /^(?:i am|we are) (?:just )?(?:wondering|curious|not sure|unsure)(?: about)?,?\s+(?=(?:how|what|who|whose|when|where|why|which)\b)/i,
    '',
  ],
  [/^(?:i|we) (?:wonder|do not know)\s+(?=(?:how|what|who|whose|when|where|why|which)\b)/i, ''],
  [
    /^(?:do|does) (?:you|anyone|anybody|someone) (?:happen to )?know\s+(?=(?:how|what|who|whose|when|where|why|which)\b)/i,
    '',
  ],
  [/^(?:tell|show|teach) (?:me|us)\s+(?=(?:how|what|who|whose|when|where|why|which)\b)/i, ''],
  [
    /(?:(?<!\b(?:with|of|for|to|say|says|saying|spell|word|than|like|as|from|by|and|or|not|is))\s+|,\s*)(?:please|thanks(?: a lot| in advance| so much)?|thank you(?: very much| so much| in advance)?|kindly|pls|thx)[\s.!]*$/i,
    '',
  ],
  [/\s*\?[\s.!?]*$/, ''],
  [/[\s.!]+$/, ''],
]

/** Ways of asking that ask the same. They stand at the beginning. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [
    /^what (?:is|are) the (?:best |right |correct |proper )?(?:way|ways|steps?|procedure|process|method) (?:to|for)\s+/i,
    'howto ',
  ],
  [/^what (?:steps )?(?:must|do|can) (?:i|we) (?:must )?(?:do|take) to\s+/i, 'howto '],
  [/^how (?:do|can) (?:i|we|one) (?:go about )?/i, 'howto '],
  [/^how (?:to|(?:i|we) (?:can|could|should be able to))\s+/i, 'howto '],
  [/^what (the .+) (?:is|are)$/i, 'what is $1'],
  [
    /^(?:is it possible(?: for (?:me|us))? to|is there (?:a|any) way(?: for (?:me|us))? to|am i able to|are we able to)\s+/i,
    'can i ',
  ],
  [/^(?:am i|are we) (?:allowed|permitted) to\s+/i, 'permitted i '],
  [/^may (?=(?:i|we)\b)/i, 'permitted '],
  [/^could (?=(?:i|we)\b(?! have))/i, 'can '],
  [/^(where|when|why|what|which \w+) (i|we) (can|could|should|must|do) /i, '$1 $3 $2 '],
  [/^how much (?:does|do) (.+?) cost$/i, 'what is the price of $1'],
  [/^how much (?:is|are) ((?:the|a|an)\s.+)$/i, 'what is the price of $1'],
  [/^what (?:does|do) (.+?) cost$/i, 'what is the price of $1'],
  [/^what (?:does|do) (.+?) (?:mean|stand for)$/i, 'what is the meaning of $1'],
  [/^define\s+(.+)$/i, 'what is the meaning of $1'],
  [
    /^(?:explain|describe|tell me about)\s+(?!how\b|why\b|when\b|where\b|who\b|which\b|what\b|to\b)(.+)$/i,
    'what is $1',
  ],
  [/^(?:explain|describe)(?: to me)?\s+(?=(?:how|why|when|where|who|which|what)\b)/i, ''],
  [/^(?:for what reason|how come)\s+/i, 'why '],
  [/^(?:at what time|what time)\s+/i, 'when '],
]

/** What stands before a question with a comma may stand behind it as well. */
const FRONTED =
  /^((?:in|on|for|with|at|using|within|inside) [^,?!]{2,40}),\s+((?:how|what|who|whom|whose|when|where|why|which|is|are|do|does|can|may)\b.*)$/is

const MOST_TURNS = 6

/** The text with one form for whatever can be written in several: letters, quotes, dashes, white space. */
export function tidyQuestion(text: string): string {
  return (
    text
      // Whose plain forms would run into the number before them.
      .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+/gu, '^$&')
      .replace(/(?<=\d)(?=[¼-¾⅐-⅞])/gu, ' ')
      .normalize('NFKC')
      .replace(/[‘’ʼ`´]/g, "'")
      .replace(/[“”]/g, '"')
      .replace(/[‐‑–—]/g, '-')
      .replace(
        /(?<=\p{L})(?<!(?<!\p{L})(?:re|co|un|in|de|non|pre|anti|ex|mis|dis|over|under))-(?=\p{L})/giu,
        ' ',
      )
      .replace(/\s+/gu, ' ')
      .trim()
  )
}

/** The question without what is said around it, and in one of the ways in which it can be asked. Takes tidy text. */
export function unwrapQuestion(tidy: string): string {
  let text = replaceAll(replaceAll(tidy, CONTRACTIONS), JOINED)
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const bare = replaceAll(text, WRAPPERS)
    if (bare === text) break
    text = bare
  }
  text = text.replace(FRONTED, '$2 $1')
  return replaceAll(text, FORMS)
}

function replaceAll(text: string, rules: readonly (readonly [RegExp, string])[]): string {
  return rules.reduce((changed, [pattern, by]) => changed.replace(pattern, by), text)
}
