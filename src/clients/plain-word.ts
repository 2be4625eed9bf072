/** What stands in shells, files and programs as it is; names of routes and keys are made of these. */
const PLAIN_WORD = /^[\w./:@*+?=&,-]{1,512}$/

/** Can a word be put into settings without being written otherwise there? */
export function isPlainWord(word: string): boolean {
  return PLAIN_WORD.test(word)
}
