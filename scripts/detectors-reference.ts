import { createDetectors, GUESSING_DETECTORS } from '../src/guardrails/all.ts'
import { CORPUS } from '../src/guardrails/corpus.fixture.ts'
import { drawCorpus } from '../src/guardrails/drawn-corpus.fixture.ts'
import { drawPeople, PEOPLE } from '../src/guardrails/people.fixture.ts'
import { scoreDetectors, type Score } from '../src/guardrails/score.fixture.ts'
import { injectionReference } from './injection-reference.ts'
import { tableLine } from './table-line.ts'

/** Not the seed that detectors were made with. */
const HELD_OUT_SEED = 31_337
const WRITTEN = [...CORPUS, ...PEOPLE]
const DRAWN = [...drawCorpus(HELD_OUT_SEED), ...drawPeople(HELD_OUT_SEED)]

const INTRODUCTION = `# Detectors

What [guardrails](guardrails.md) with \`detect\` and [redaction](content.md) look for, how each is found, and how well. \`npm run detectors\` measures it, \`npm run docs\` writes this page, and a test compares the two.

Two corpora of our own, of texts in several languages, both made up: ${WRITTEN.length} texts written by hand ([corpus.fixture.ts](../src/guardrails/corpus.fixture.ts), [people.fixture.ts](../src/guardrails/people.fixture.ts)), with which in view the detectors were made, and
${DRAWN.length} drawn by the rules by which numbers and keys are made ([drawn-corpus.fixture.ts](../src/guardrails/drawn-corpus.fixture.ts)), from a seed that was not used when they were made: ${DRAWN.filter(({ holds }) => holds.length > 0).length} with something to be found and
${DRAWN.filter(({ holds }) => holds.length === 0).length} near misses (numbers with a wrong check digit, hashes, UUIDs, versions, dates, coordinates, orders, certificates). All texts count for all detectors. They are what they are, and no figures for your texts: a number that passes a check digit by chance is in
neither, and one in ten random numbers does where the check is one digit.

Detectors in no group are heuristics that are right less often on the texts that were written to be hard; a guardrail has to name them (\`detect: [personal, person-name]\`), and redaction leaves what they would find.
`

const HEADING = [
  'name',
  'group',
  'how it is found',
  'found, by hand',
  'found, drawn',
  'precision',
  'recall',
] as const

/** The reference of detectors as Markdown: \`docs/detectors.md\`. */
export function detectorsReference(): string {
  const detectors = [...createDetectors(['sk-', 'AIza']), ...GUESSING_DETECTORS]
  const written = scoreDetectors(detectors, WRITTEN)
  const drawn = scoreDetectors(detectors, DRAWN)
  const rows = detectors.map(({ name, kind, says }) => {
    const scores = [written.get(name), drawn.get(name)]
    return tableLine([
      `\`${name}\``,
      GUESSING_DETECTORS.some((one) => one.name === name)
        ? 'none: by name only'
        : kind === 'secret'
          ? 'secrets'
          : kind,
      says,
      ...scores.map(toShare),
      ...toFigures(scores),
    ])
  })
  const table = [tableLine(HEADING), tableLine(HEADING.map(() => '---')), ...rows]
  return `${[INTRODUCTION, ...table, '', injectionReference()].join('\n')}\n`
}

function toShare(score: Score | undefined): string {
  const { right = 0, missed = 0 } = score ?? {}
  return right + missed === 0 ? '' : `${right} of ${right + missed}`
}

function toFigures(scores: readonly (Score | undefined)[]): readonly string[] {
  const total = (member: keyof Score): number =>
    scores.reduce((all, score) => all + (score?.[member] ?? 0), 0)
  const right = total('right')
  return [right / (right + total('wrong')), right / (right + total('missed'))].map((share) =>
    share.toFixed(3),
  )
}
