import { isWordAt, NOTHING, type Detector, type Span } from './detector.ts'
import { hasRandomPart } from './randomness.ts'
import { characterSet, runsOf } from './runs.ts'
import { LEAST_TOKEN, SERVICE_TOKENS, TOKEN_SHAPES, type TokenForm } from './token-forms.ts'

/** Characters behind the prefix of a provider's key, at least. */
const LEAST_KEY = 16
const IN_TOKEN = characterSet(/[A-Za-z0-9_.~-]/)
/** No prefix is shorter: forms are looked up by it. */
const SHORTEST_PREFIX = 2
const MOST_OF_SHAPE = 128
/** Of what follows a prefix, so much says whether it is a token. */
const LOOKED_AT = 256

/**
 * Creates the detector of tokens that are known by how they begin, and by their shape.
 *
 * @param keyPrefixes how keys of providers of models begin
 */
export function createTokens(keyPrefixes: readonly string[]): Detector {
  const forms = formsByBeginning([
    ...SERVICE_TOKENS,
    ...keyPrefixes.map((prefix) => ({ prefix, least: LEAST_KEY })),
  ])
  return {
    name: 'token',
    kind: 'secret',
    isUnbroken: true,
    says: 'keys of the providers and tokens of some 60 services for code, chat, payment, mail, packages, clouds and monitoring, by how they begin; with their check (CRC-32) where they have one that is public',
    find(text) {
      const runs = runsOf(text, LEAST_TOKEN, IN_TOKEN)
      return runs.length === 0 ? NOTHING : runs.flatMap((run) => tokenIn(text, run, forms))
    },
  }
}

type Forms = ReadonlyMap<string, readonly TokenForm[]>

function formsByBeginning(forms: readonly TokenForm[]): Forms {
  const byBeginning = new Map<string, TokenForm[]>()
  for (const form of forms) {
    const beginning = form.prefix.slice(0, SHORTEST_PREFIX)
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), form])
  }
  return byBeginning
}

/** The token of a run of characters that tokens are made of: from where one begins to the end of the run. */
function tokenIn(text: string, run: Span, forms: Forms): readonly Span[] {
  let { end } = run
  while (text.charAt(end - 1) === '.') end -= 1
  for (let start = run.start; start <= end - LEAST_TOKEN; start += 1)
    if (isBoundary(text, start) && isTokenAt(text, { start, end }, forms)) return [{ start, end }]
  const isShape =
    end - run.start <= MOST_OF_SHAPE && TOKEN_SHAPES.some((shape) => shape.test(text.slice(run.start, end)))
  return isShape ? [{ start: run.start, end }] : NOTHING
}

/** Neither a letter nor a digit stands before it, unless as the escape of a line's end. */
function isBoundary(text: string, at: number): boolean {
  return !isWordAt(text, at - 1) || (text.charAt(at - 2) === '\\' && /[nrt]/.test(text.charAt(at - 1)))
}

function isTokenAt(text: string, { start, end }: Span, forms: Forms): boolean {
  const some = forms.get(text.slice(start, start + SHORTEST_PREFIX))
  if (some === undefined) return false
  return some.some(({ prefix, least, isToken = hasRandomPart }) => {
    const from = start + prefix.length
    return (
      end - from >= least &&
      text.startsWith(prefix, start) &&
      isToken(text.slice(from, Math.min(end, from + LOOKED_AT)))
    )
  })
}
