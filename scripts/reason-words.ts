import { FILTER_REASONS } from '../src/exchange/filter-reasons.ts'
import { STRATEGIES } from '../src/routing/strategies/all.ts'

const HEAD = '// Made from the reasons of filters and strategies by `npm run docs`.'

/** Why targets are chosen or left out, in sentences for screens: `dashboard/src/words/reasons.ts`. */
export function reasonWords(): string {
  const strategies = STRATEGIES.map(({ reason: { code, sentence } }) => [code, sentence] as const)
  const lines = [...strategies, ...Object.entries(FILTER_REASONS)].map(
    ([code, sentence]) => `  ${JSON.stringify(code)}: ${JSON.stringify(plain(sentence))},`,
  )
  const type = 'Readonly<Record<string, string | undefined>>'
  return `${HEAD}\n\n/** What the codes of reasons mean. */\nexport const REASONS: ${type} = {\n${lines.join('\n')}\n}\n`
}

/** Without links and marks of code. */
function plain(sentence: string): string {
  return sentence.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '').replaceAll('`', '')
}
