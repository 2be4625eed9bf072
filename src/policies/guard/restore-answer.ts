import type { ResponseEvent } from '../../exchange/event.ts'
import type { ChunkSource, ResponseChunk } from '../../exchange/response.ts'
import type { Trail } from '../../exchange/trail.ts'
import { WatchedSource } from '../../exchange/watcher.ts'
import { Restorable, RestoringText, spellingOf } from '../../guardrails/restore.ts'
import { ToldAnswer } from '../../guardrails/told-answer.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { Layer } from '../policy.ts'

/**
 * Creates the layer that puts values back in an answer where guardrails have masked them in what was asked. Where nothing was masked, or
 * nothing is to be put back, it is not there, and bytes pass as ever.
 */
export function createRestoreAnswer(): Layer {
  return (next) => async (exchange) => {
    const { placeholders, trail } = exchange
    if (placeholders === undefined || placeholders.restorable.size === 0) return await next(exchange)
    trail.claimContent('rewrite')
    const restorable = new Restorable(placeholders.restorable)
    const response = await next(exchange)
    return { ...response, source: new RestoredSource(response.source, restoring(restorable, trail)) }
  }
}

function restoring(restorable: Restorable, trail: Trail): ToldAnswer {
  return new ToldAnswer({
    begin: (block) => new RestoringText(restorable, spellingOf(block)),
    whole: (text) => restorable.restore(text),
    isStopped: () => false,
    // What is too long keeps its placeholders.
    onTooLong: () => true,
    onLost: (code) => trail.note(code),
    // When the client sends the text back, the same is masked in it, and it is again what the provider has proven.
    keepsProofs: true,
  })
}

/** An answer with what was masked put back. */
class RestoredSource extends WatchedSource {
  readonly #answer: ToldAnswer

  constructor(source: ChunkSource, answer: ToldAnswer) {
    super(source)
    this.#answer = answer
  }

  protected override take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    if (chunk === undefined) return super.take(chunk)
    const events: ResponseEvent[] = []
    for (const event of chunk.events) events.push(...this.#answer.take(event))
    const { seam } = chunk
    return super.take(seam === undefined || events.length === 0 ? { events } : { events, seam })
  }
}
