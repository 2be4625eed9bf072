import type { ResponseEvent } from '../exchange/event.ts'
import { mapJsonTexts } from '../exchange/map-json-texts.ts'
import { isObject, readString } from '../kit/json.ts'

type Logprobs = Extract<ResponseEvent, { readonly type: 'logprobs' }>

/**
 * What reports of probabilities say: the words that were chosen, as one text, and everything that stands in the reports, a line each; words that
 * the model has thought of and not chosen are there too.
 */
export function textsOfTokens(reports: readonly Logprobs[]): readonly string[] {
  const all = new Set<string>()
  let chosen = ''
  for (const { content } of reports)
    for (const token of content) {
      if (isObject(token)) chosen += readString(token, 'token') ?? ''
      mapJsonTexts(token, (text) => {
        all.add(text)
        return text
      })
    }
  return [chosen, [...all].join('\n')]
}
