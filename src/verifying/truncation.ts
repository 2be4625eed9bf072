import { z } from 'zod'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

/** That the answer has come to its own end. */
export const truncation = defineVerifier({
  name: 'truncation',
  summary: 'that the answer was not cut off by its limit, and that JSON in it was finished',
  reasons: {
    'cut-by-limit': 'The answer ran into the limit of its length.',
    'unfinished-json': 'The answer is JSON that is not finished.',
  },
  options: z.strictObject({}),
  judgesBeginnings: false,
  judge: ({ choice: { blocks, finish } }) => {
    if (finish?.reason === 'length' || finish?.reason === 'context-length') return reject('cut-by-limit')
    for (const block of blocks) {
      const isCall = block.type === 'tool-call' && block.form === 'json'
      if (isCall && isUnfinishedJson(block.arguments)) return reject('unfinished-json')
    }
    if (isUnfinishedJson(textOf(blocks))) return reject('unfinished-json')
    return finish === undefined ? NOTHING : PASS
  },
})

const BEGINS_AS_JSON = /^\s{0,1000}(?:\{\s{0,1000}(?:["}]|$)|\[\s{0,1000}(?:["{[\]\d-]|true|false|null|$))/

/** Does a text begin as JSON does, and end inside of it? Where more brackets are closed than were opened it was no JSON. */
function isUnfinishedJson(text: string): boolean {
  const start = BEGINS_AS_JSON.test(text) ? text.search(/[[{]/) : -1
  if (start < 0) return false
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '"':
        at = stringEnd(text, at)
        if (at < 0) return true
        break
      case '{':
      case '[':
        depth += 1
        break
      case '}':
      case ']':
        depth -= 1
        // What follows is not of this value.
        if (depth === 0) return false
    }
  }
  return true
}

/** The closing quote of the string that begins here; -1 where there is none. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return -1
}
