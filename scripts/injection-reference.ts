import { ATTACKS } from '../src/guardrails/injection/attacks.fixture.ts'
import { BENIGN } from '../src/guardrails/injection/benign.fixture.ts'
import { HELD_OUT_ATTACKS, HELD_OUT_BENIGN } from '../src/guardrails/injection/held-out.fixture.ts'
import { InjectionLooker } from '../src/guardrails/injection/look-for-injection.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `## Injection

What guardrails with \`injection\` find. These are heuristics: scores for words that stand together (*ignore* … *previous* … *instructions*), for turns of a conversation that nobody has had (\`<|im_start|>\`), for letters that are not shown, for images that carry words away,
and for texts in base64 that say any of it. They look at all texts, whoever said them: what an operator says of attacks in a system prompt is mostly told from one by its *never* and *do not*, and not always. Measured on texts of our own in five languages:
${ATTACKS.length} attacks and ${BENIGN.length} texts that are meant well, hard ones among them, with which in view the rules were made; and ${HELD_OUT_ATTACKS.length} and ${HELD_OUT_BENIGN.length} that were written afterwards, to be unlike them, and with which nothing was changed.
The second row of each is what to expect of attackers who have a little time: it is no wall, and only \`flag\` and \`restrict\` should rest on it alone.
`

const HEADING = [
  'sensitivity',
  'texts',
  'attacks found',
  'found of those that are meant well',
  'precision',
  'recall',
] as const

/** How well attempts to inject instructions are found, as Markdown. */
export function injectionReference(): string {
  const rows = (['low', 'medium', 'high'] as const).flatMap((sensitivity) => {
    const looker = new InjectionLooker(sensitivity)
    const found = (texts: readonly string[]): number =>
      texts.filter((text) => looker.look(text).length > 0).length
    const row = (
      name: string,
      [attacks, benign]: readonly [readonly string[], readonly string[]],
    ): string => {
      const right = found(attacks)
      const wrong = found(benign)
      return tableLine([
        `\`${sensitivity}\``,
        name,
        `${right} of ${attacks.length}`,
        `${wrong} of ${benign.length}`,
        (right / (right + wrong)).toFixed(3),
        (right / attacks.length).toFixed(3),
      ])
    }
    return [row('in view', [ATTACKS, BENIGN]), row('held out', [HELD_OUT_ATTACKS, HELD_OUT_BENIGN])]
  })
  return [INTRODUCTION, tableLine(HEADING), tableLine(HEADING.map(() => '---')), ...rows].join('\n')
}
