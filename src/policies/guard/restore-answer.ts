import type { ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { ChunkSource, ResponseChunk } from '../../exchange/response.ts'
import { WatchedSource } from '../../exchange/watcher.ts'
import { guardrailsFor, type Guardrail } from '../../guardrails/guardrail.ts'
import { OpenRestorable, Restorable, RestoringText, spellingOf } from '../../guardrails/restore.ts'
import { ToldAnswer } from '../../guardrails/told-answer.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { Layer } from '../policy.ts'
import type { GuardParts } from './guard-parts.ts'
import { LookedUp } from './looked-up.ts'
import { RestoreTally } from './restore-tally.ts'
import { subjectOf } from './subject-of.ts'
import type { Vault } from './vault.ts'
import { whoseIs } from './whose.ts'

type RestoreParts = Pick<GuardParts, 'terms' | 'telemetry' | 'vault'>

const NOTHING: ReadonlyMap<string, string> = new Map()

/**
 * Creates the layer that puts values back in an answer where guardrails have masked them in what was asked, and has them remembered where
 * guardrails want that; then it puts back what was masked in other requests of the same as well. Where nothing was masked and nothing is
 * remembered, or nothing is to be put back, it is not there, and bytes pass as ever.
 */
export function createRestoreAnswer(parts: RestoreParts): Layer {
  const { terms, vault } = parts
  const isRemembering = vault !== undefined && terms.all.some(remembers)
  return (next) => async (exchange) => {
    const { placeholders, trail, id } = exchange
    const values = placeholders?.restorable ?? NOTHING
    const lookedUp = isRemembering ? await lookingUp(parts, exchange, vault) : undefined
    if (placeholders !== undefined && isRemembering)
      vault.keep(placeholders.masked, { whose: whoseIs(exchange), requestId: id })
    if (values.size === 0 && lookedUp === undefined) return await next(exchange)
    trail.claimContent('rewrite')
    const response = await next(exchange)
    const tally = new RestoreTally(parts.telemetry, { trail, placeholders, lookedUp })
    const restorable =
      lookedUp === undefined
        ? new Restorable(values, tally)
        : new OpenRestorable(values, (one) => lookedUp.valueOf(one), tally)
    const answer = restoring(restorable, (code) => trail.note(code))
    const source = new RestoredSource(response.source, {
      answer,
      ...(lookedUp && { lookedUp, scout: restoring(lookedUp.scout(values), () => undefined) }),
    })
    source.add(tally)
    return { ...response, source }
  }
}

/** Does it want values put back that were masked in other requests? */
function remembers({ action, isShadow }: Guardrail): boolean {
  return action.type === 'mask' && action.rememberMs !== undefined && !isShadow
}

/** Who looks up placeholders for an answer; undefined where no guardrail that holds remembers, or nothing is remembered that could be put back. */
async function lookingUp(
  { terms, telemetry }: RestoreParts,
  exchange: Exchange,
  vault: Vault,
): Promise<LookedUp | undefined> {
  const names = guardrailsFor(terms, subjectOf(exchange), 'input')
    .filter((one) => remembers(one) && one.action.type === 'mask' && one.action.restore)
    .map(({ name }) => name)
  if (names.length === 0) return undefined
  const whose = whoseIs(exchange)
  try {
    return (await vault.holds(whose))
      ? new LookedUp(vault, { whose, guardrails: new Set(names), telemetry })
      : undefined
  } catch (error) {
    telemetry.log('warn', 'it could not be read whether masked values are remembered', { error })
    return undefined
  }
}

function restoring(restorable: Restorable, onLost: (code: 'logprobs.dropped' | 'seal.lost') => void) {
  return new ToldAnswer({
    begin: (block) => new RestoringText(restorable, spellingOf(block)),
    whole: (text) => restorable.restore(text),
    isStopped: () => false,
    // What is too long keeps its placeholders.
    onTooLong: () => true,
    onLost,
    // When the client sends the text back, the same is masked in it, and it is again what the provider has proven.
    keepsProofs: true,
  })
}

interface Restoring {
  readonly answer: ToldAnswer
  /** Hears all that is said first, so that what is to be looked up is known by the time when it is told. */
  readonly scout?: ToldAnswer
  readonly lookedUp?: LookedUp
}

/** An answer with what was masked put back. */
class RestoredSource extends WatchedSource {
  readonly #restoring: Restoring

  constructor(source: ChunkSource, how: Restoring) {
    super(source)
    this.#restoring = how
  }

  protected override take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    const { scout, lookedUp } = this.#restoring
    if (chunk === undefined || scout === undefined || lookedUp === undefined) return this.#tell(chunk)
    for (const event of chunk.events) scout.take(event)
    const looking = lookedUp.look()
    return looking === undefined ? this.#tell(chunk) : looking.then(() => this.#tell(chunk))
  }

  #tell(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    if (chunk === undefined) return super.take(chunk)
    const events: ResponseEvent[] = []
    for (const event of chunk.events) events.push(...this.#restoring.answer.take(event))
    const { seam } = chunk
    return super.take(seam === undefined || events.length === 0 ? { events } : { events, seam })
  }
}
