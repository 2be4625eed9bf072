import type { SimulatedModel } from '../simulated-model.ts'
import { smart } from './smart.ts'

const FIRST_MS = 2_000
const TOKENS_PER_SECOND = 20

/** Takes its time. */
export const slow: SimulatedModel = {
  name: 'slow',
  summary: 'Like smart, after `ttft` (2s) and at `tps` (20) tokens per second.',
  options: {},
  answer: (request) => ({
    ...smart.answer(request),
    pace: { firstMs: FIRST_MS, perSecond: TOKENS_PER_SECOND },
  }),
}
