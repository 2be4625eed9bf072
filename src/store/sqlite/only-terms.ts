import { WANTS_NOBODY, type OnlyTerms } from '../../exchange/only-terms.ts'
import { isArray, parseJsonObject, type Json } from '../../kit/json.ts'

/** Whether each member is what it must be; the compiler asks for one that is missing. */
const MEMBERS: { readonly [Member in keyof OnlyTerms]-?: (value: Json) => boolean } = {
  region: areTexts,
  retention: (value) => typeof value === 'number',
  data_policy: (value) => value === 'no-training',
  providers: areTexts,
  tags: areTexts,
}

/** Reads what is wanted of targets. What cannot be read, or not all of it, nobody fulfils: a key must not reach more than it was made for. */
export function readOnlyTerms(text: string): OnlyTerms {
  const terms = parseJsonObject(text)
  const isWhole =
    terms !== undefined &&
    Object.entries(terms).every(
      ([member, value]) => isMember(member) && value !== undefined && MEMBERS[member](value),
    )
  return isWhole ? terms : WANTS_NOBODY
}

function isMember(member: string): member is keyof OnlyTerms {
  return Object.hasOwn(MEMBERS, member)
}

function areTexts(value: Json): boolean {
  return isArray(value) && value.every((one) => typeof one === 'string')
}
