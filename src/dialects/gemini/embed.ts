import { Failure } from '../../exchange/failure.ts'
import { totalInput } from '../../exchange/usage.ts'
import { readObject, readObjects } from '../../kit/json.ts'
import type { Codec } from '../dialect.ts'
import { VectorCodec } from '../vector-codec.ts'
import { missingVectors, vectorsAs, vectorValues } from '../vectors.ts'
import { FORM, MEMBERS } from './embed-members.ts'
import { FAILURES } from './failure.ts'
import { pathOfModel } from './path-of-model.ts'
import { decodeUsage } from './usage.ts'
import { FIELDS, FORWARD_HEADERS, SINGLE } from './vocabulary.ts'

const WHOLE = { fields: FIELDS, failures: FAILURES, forwardHeaders: FORWARD_HEADERS } as const

/** Embeddings (https://ai.google.dev/api/embeddings): of one content or of many. */
export const embed: Codec<'embed'> = new VectorCodec(WHOLE, {
  operation: 'embed',
  endpoints: ['POST /v1beta/models/{+model}:embedContent', 'POST /v1beta/models/{+model}:batchEmbedContents'],
  path: (model) => `${pathOfModel(model)}:batchEmbedContents`,
  fates: MEMBERS,
  form: FORM,
  // Each input names the model.
  edits: () => undefined,
  answers: ['embeddings'],
  usageIn(body) {
    const reported = readObject(body, 'usageMetadata')
    if (reported?.['promptTokenCount'] === undefined) return undefined
    return decodeUsage(reported, { webSearches: 0, service: { asked: undefined, told: undefined } })
  },
  mayLackUsage: true,
  tap: { list: /"embeddings"\s*:\s*\[/ },
  readAnswer(body, { request }, sink) {
    const vectors = readObjects(body, 'embeddings')
    for (const [input, { values: written }] of vectors.entries()) {
      const values = vectorValues(written)
      if (values === undefined) return new Failure('malformed-response')
      sink({ type: 'vector', input, encoding: 'float', values })
    }
    return missingVectors(request, vectors.length)
  },
  writeAnswer({ items, usage }, { request: { answerShape } }) {
    const told = vectorsAs(items, 'float').map((values) => ({ values }))
    const tokens = totalInput(usage)
    const usageMetadata = { promptTokenCount: tokens, totalTokenCount: tokens }
    return answerShape === SINGLE
      ? { embedding: told[0], usageMetadata }
      : { embeddings: told, usageMetadata }
  },
})
