import type { GetRequestsId } from '../../api/answers.ts'
import type { Tone } from '../../parts/state.tsx'
import { isGivenAgain } from '../../words/answered.ts'
import { counted, durationText } from '../../words/numbers.ts'
import { isObject, readNumber, readObjects, readText, type Unread } from '../../words/reading.ts'
import { REASONS } from '../../words/reasons.ts'
import { verdictText, verdictTone, phaseText } from '../../words/verdicts.ts'
import { stepsOf } from './candidates.ts'
import { foundText, verdictsOf } from './read-verdicts.ts'
import { tellWay } from './tell-way.ts'

/** Something that happened on the way. */
export interface Happened {
  /** Since the request came, where that is known. */
  readonly ms?: number
  readonly tone: Tone
  readonly what: string
  readonly more: string
}

/** What became of a request, in the order in which it did; its end is told by whoever shows it. */
export function tellStory(request: GetRequestsId): readonly Happened[] {
  const { decision } = request
  const steps = isObject(decision) ? stepsOf(decision) : []
  return [asked(request), ...steps.flatMap(tellStep)]
}

function asked({ key_name: key, requested_model: model, ...request }: GetRequestsId): Happened {
  const how = [
    request.stream ? `streamed ${request.operation}` : request.operation,
    `in ${request.dialect}`,
    request.project === undefined ? '' : `project ${request.project}`,
  ]
  const who = request.purpose === undefined ? (key ?? 'Somebody') : `The gateway itself (${request.purpose})`
  return {
    ms: 0,
    tone: 'info',
    what: `${who} asked for ${model}`,
    more: how.filter((part) => part !== '').join(', '),
  }
}

/** Steps that are told otherwise than in the decision. */
const TELL: Readonly<Record<string, ((step: Unread) => readonly Happened[]) | undefined>> = {
  filter: leftOut,
  rank: chosen,
  attempt: (step) => [attempted(step)],
  guard: guarded,
  cache: fromCache,
}

function tellStep(step: Unread): readonly Happened[] {
  const kind = readText(step, 'step') ?? ''
  const tell = Object.hasOwn(TELL, kind) ? TELL[kind] : undefined
  if (tell !== undefined) return tell(step)
  return tellWay(step).map(({ name, text }) => ({ tone: 'soft', what: name, more: text }))
}

function fromCache(step: Unread): readonly Happened[] {
  const tone = isGivenAgain(readText(step, 'outcome')) ? 'good' : 'soft'
  return tellWay(step).map(({ name, text }) => ({ tone, what: name, more: text }))
}

/** Those that had something to say each by itself, and the others together. */
function guarded(step: Unread): readonly Happened[] {
  const verdicts = verdictsOf(step)
  const more = readNumber(step, 'more') ?? 0
  const passed = verdicts.filter(({ verdict }) => verdict === 'passed').length + more
  const where = phaseText(readText(step, 'phase') ?? '')
  const told = verdicts
    .filter(({ verdict }) => verdict !== 'passed')
    .map(({ guardrail, verdict, isShadow, found }): Happened => ({
      tone: verdictTone(verdict, isShadow),
      what: `Guardrail ${guardrail}: ${verdictText(verdict, isShadow)}`,
      more: found.length === 0 ? `at ${where}` : `found in ${where}: ${foundText(found)}`,
    }))
  if (passed === 0) return told
  return [
    ...told,
    { tone: 'soft', what: `${counted(passed, 'guardrail')} found nothing`, more: `in ${where}` },
  ]
}

const MOST_NAMED = 2

function leftOut(step: Unread): readonly Happened[] {
  const targets = readObjects(step, 'targets')
  if (targets.length === 0) return []
  const named = targets
    .slice(0, MOST_NAMED)
    .map((one) => `${readText(one, 'target') ?? ''}: ${withDetail(one)}`)
  const others = targets.length - named.length
  return [
    {
      tone: 'soft',
      what: `${counted(targets.length, 'target')} ${targets.length === 1 ? 'was' : 'were'} left out`,
      more: [...named, others === 0 ? '' : `${others} more stand under Decision.`]
        .filter((part) => part !== '')
        .join(' '),
    },
  ]
}

function chosen(step: Unread): readonly Happened[] {
  const targets = readObjects(step, 'targets')
  const [first] = targets
  if (first === undefined) return []
  const behind = targets.length - 1
  return [
    {
      tone: 'soft',
      what: `${readText(first, 'target') ?? ''} came first`,
      more: [
        sentence(readText(step, 'reason')),
        behind === 0 ? 'Nobody else could have been asked.' : `${behind} more could have been asked.`,
      ].join(' '),
    },
  ]
}

/** The sentence of a reason, where it speaks of the detail with that. */
function withDetail(one: Unread): string {
  const [said = '', ofDetail] = sentence(readText(one, 'reason')).split('; detail')
  const detail = readText(one, 'detail') ?? ''
  if (detail === '') return ofDetail === undefined ? said : `${said}.`
  return `${said.replace(/\.$/, '')} (${detail}).`
}

function sentence(reason: string | undefined): string {
  return reason === undefined ? '' : (REASONS[reason] ?? reason)
}

function attempted(step: Unread): Happened {
  const [outcome, target] = [readText(step, 'outcome') ?? '', readText(step, 'target') ?? '']
  const [startedMs, durationMs] = [readNumber(step, 'startedMs'), readNumber(step, 'durationMs')]
  const firstMs = readNumber(step, 'firstEventMs')
  const when = startedMs === undefined ? {} : { ms: startedMs }
  const took = durationMs === undefined ? '' : `after ${durationText(durationMs)}`
  if (outcome === 'ok') {
    const began =
      firstMs === undefined || (durationMs ?? 0) - firstMs < 1
        ? ''
        : `, its first word after ${durationText(firstMs)}`
    return { ...when, tone: 'good', what: `${target} answered`, more: `${took}${began}` }
  }
  const said = [readNumber(step, 'status'), outcome].filter((part) => part !== undefined).join(' ')
  return { ...when, tone: 'bad', what: `${target} failed`, more: `${said} ${took}` }
}
