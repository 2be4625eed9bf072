import { nearestNames } from '../../kit/nearest.ts'
import { FAULT_KINDS, isFaultKind, type Fault } from '../fault.ts'
import type { Script, ScriptRequest, SimulatedModel } from '../simulated-model.ts'
import { VendorError } from '../vendor-error.ts'

/** Informational statuses are no answers, so they cannot be asked for. */
const STATUS_KIND = /^status-([2-5]\d\d)$/
const AFTER_EVENTS = 3
/** One above the largest frame that the house reads. */
const OVERSIZED_BYTES = 17 * 1024 * 1024
const PING_EVERY_MS = 250
/** More than text without characters to cut, for `split-utf8`. */
const WIDE_TEXT = 'Grüße aus Zürich: 東京は晴れ, 🚀 à bientôt – 再见 👋🏽 ñandú.'

/** Goes wrong on purpose: for drills and for the tests of everything that has to survive it. */
export const fault: SimulatedModel = {
  name: 'fault',
  summary:
    'Fails in the way of `kind`, after `after` content events, for the first `times` requests; otherwise like the model `as` (smart).',
  options: {
    kind: 'word',
    after: 'word',
    times: 'count',
    as: 'word',
    bytes: 'count',
    every: 'duration',
    'retry-after': 'count',
  },
  answer: (request) => {
    const { options, turn } = request
    const kind = options.word('kind') ?? ''
    const status = STATUS_KIND.exec(kind)?.[1]
    if (status === undefined && !isFaultKind(kind)) throw unknownKind(kind)
    const strikes = turn <= (options.number('times') ?? Number.POSITIVE_INFINITY)
    if (strikes && status !== undefined)
      return request.failWith(Number(status), options.number('retry-after'))
    if (strikes && kind === 'quota-spent') return request.failForQuota()
    const answer = baseAnswer(request, kind)
    return strikes && isFaultKind(kind) ? { ...answer, fault: faultOf(kind, request) } : answer
  },
}

function baseAnswer({ options, askModel }: ScriptRequest, kind: string): Script {
  const base = options.word('as')
  if (base === fault.name)
    throw new VendorError(400, "A fault cannot stand behind a fault: choose another model in 'as'.")
  if (base === undefined && kind === 'split-utf8') {
    return { blocks: [{ type: 'text', text: WIDE_TEXT }], finish: { reason: 'stop' } }
  }
  return askModel(base ?? 'smart')
}

function faultOf(kind: Fault['kind'], { options }: ScriptRequest): Fault {
  return {
    kind,
    after: readAfter(options.word('after')),
    bytes: options.number('bytes') ?? OVERSIZED_BYTES,
    everyMs: options.number('every') ?? (kind === 'ping-forever' ? PING_EVERY_MS : 0),
  }
}

function readAfter(text: string | undefined): Fault['after'] {
  if (text === undefined) return AFTER_EVENTS
  if (text === 'end') return 'end'
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new VendorError(
    400,
    `The option 'after' of the simulated model 'fault' must be a whole number or 'end'.`,
    {
      param: 'model',
    },
  )
}

function unknownKind(kind: string): VendorError {
  const known = Object.keys(FAULT_KINDS)
  const [nearest] = nearestNames(kind, known, 1)
  const hint = nearest === undefined || kind === '' ? '' : ` Did you mean '${nearest}'?`
  const message = `The simulated model 'fault' needs a kind: status-<code>, ${known.join(', ')}.${hint}`
  return new VendorError(400, message, { param: 'model' })
}
