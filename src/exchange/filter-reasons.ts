/** Why a target may not be asked, each in a sentence of docs/decision-record.md, where a test looks for it. */
export const FILTER_REASONS = {
  'lacks-operation':
    'The model, or its provider, cannot be asked for this operation; `detail` says for which it can.',
  'other-model':
    'The route begins with a model of another name, and answers of both must not stand side by side ([embeddings](embeddings.md)).',
  'lacks-tools': 'The request has tools and the model cannot call any.',
  'lacks-vision': 'The request has images and the model cannot see.',
  'lacks-documents': 'The request has documents and the model cannot read them.',
  'lacks-audio': 'The request has audio and the model cannot hear.',
  'lacks-speech': 'The answer is to be spoken and the model cannot speak.',
  'lacks-json-schema': 'The request wants an answer by a JSON Schema and the model cannot be held to one.',
  'context-too-small': "The estimated input and the wanted output are larger than the model's context.",
  'key-forbids': 'The key may not use this target, whichever route leads to it.',
  'outside-only':
    'It does not fulfil a constraint (`only`) of the route, the step, the key or the project, or nobody knows whether it does; `detail` says whose and which.',
  'outside-wish':
    'The request wishes otherwise (`region`, `prefer`), or nobody knows whether it is as wished; `detail` says what it wishes.',
  'above-max-cost':
    'An attempt there may cost more than the request allows (`max_cost_usd`), or it has no price; `detail` says how much is allowed.',
  'above-max-ttft':
    'It is known to begin its answers later than the request allows (`max_ttft_ms`), at the 95th percentile; `detail` says how much is allowed.',
  'below-min-quality':
    'The request wishes for a better model (`min_quality`), or nobody has said how good this one is; `detail` says what it wishes.',
  unpriced:
    'It has no known price, and the caller has a budget, which could not hold it, or the configuration refuses all that has none.',
  'circuit-open':
    'It failed repeatedly, or the provider does not know the model, and it rests; `detail` says for how long.',
  'credentials-exhausted':
    'Every credential for it was refused, or is limited by the provider at the moment.',
  'beyond-budget':
    "A further attempt was not begun: the caller's budget has no room for its most beside what the attempts before it may cost; `detail` says how much that is in all.",
  'beyond-purse':
    'A further attempt was not begun: the purse of the route (`fallback.budget`) has no attempt left, or no room for its most beside what the others cost; `detail` says which.',
} as const satisfies Record<string, string>

/** A word of that table. */
export type FilterReason = keyof typeof FILTER_REASONS
