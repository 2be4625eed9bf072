import type { Embeddings, EmbedRequest, Vector } from '../exchange/operations/embed.ts'
import type { Codec, DecodeContext, ResponseTap } from './dialect.ts'
import { isErrorBody } from './read-provider-error.ts'
import { VectorTap, type VectorTapRules } from './vector-tap.ts'
import { WholeCodec, type WholeDialect, type WholeWords } from './whole-codec.ts'

/** What a dialect says of vectors. */
interface VectorWords extends WholeWords<EmbedRequest, Vector, Embeddings> {
  /** Where they stand in an answer. */
  readonly tap: Pick<VectorTapRules, 'list' | 'behind'>
  /** True where an answer may not say what was used. Elsewhere one that seems not to is read whole. */
  readonly mayLackUsage?: true
}

/** The codec of a dialect's embeddings, whose answers pass unread. */
export class VectorCodec extends WholeCodec<EmbedRequest, Vector, Embeddings> implements Codec<'embed'> {
  readonly #words: VectorWords

  constructor(dialect: WholeDialect, words: VectorWords) {
    super(dialect, words)
    this.#words = words
  }

  tapResponse(context: DecodeContext<'embed'>): ResponseTap<'embed'> {
    const { answers, mayLackUsage, tap } = this.#words
    return new VectorTap(this.decodeResponse(context), {
      ...tap,
      around: (rest) => {
        if (isErrorBody(rest, answers)) return undefined
        const around = this.around(rest, context)
        return around.usage === undefined && mayLackUsage !== true ? undefined : around
      },
    })
  }
}
