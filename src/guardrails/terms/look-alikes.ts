/** Letters of other scripts, digits and signs that are taken for a Latin letter: the letter first, in lower case. */
const LOOK_ALIKES = [
  'aаαɑ4@',
  'bЬв8β',
  'cсϲ',
  'dԁ',
  'eеєε3',
  'fғϝ',
  'gɡ9',
  'hһн',
  'iіιıl1!|ӏ',
  'jјϳ',
  'kкκ',
  'mмϻ',
  'nпη',
  'oоο0օ',
  'pрρ',
  'qԛ',
  'rгя',
  'sѕ5$',
  'tтτ7',
  'uυս',
  'vνѵ',
  'wѡԝшω',
  'xхχ',
  'yуγү',
  'z2ᴢ',
] as const

const PLAIN_LETTER = /^[a-z]$/

/** By the unit: itself. */
export const ITSELF: Uint16Array = new Uint16Array(65_536).map((_none, unit) => unit)

/** By the unit: the unit that stands for all that look like it; itself where nothing does. */
export function createSkeletons(): Uint16Array {
  const skeletons = ITSELF.slice()
  for (const alike of LOOK_ALIKES)
    for (const letter of alike.toLowerCase()) skeletons[letter.charCodeAt(0)] = alike.charCodeAt(0)
  return skeletons
}

/** Is a unit one of the signs that are letters where they stand between two of them? */
export function isSignForLetter(unit: number): boolean {
  return unit === 0x40 || unit === 0x24 || unit === 0x21 || unit === 0x7c
}

/**
 * May a letter of a text be meant for one of a word, where both have the same skeleton? Two Latin letters are told apart by everybody:
 * `fall` is not `fail`.
 */
export function isMeantFor(unit: number, word: number): boolean {
  return unit === word || !PLAIN_LETTER.test(String.fromCharCode(unit))
}
