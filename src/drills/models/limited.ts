import type { SimulatedModel } from '../simulated-model.ts'
import { smart } from './smart.ts'

const REQUESTS_PER_MINUTE = 5
const TOO_MANY_REQUESTS = 429

/** Lets a number of requests through per minute and tells the rest how long to wait. */
export const limited: SimulatedModel = {
  name: 'limited',
  summary: 'Answers `rpm` (5) requests per minute like smart, the others with 429 and retry-after.',
  options: { rpm: 'count' },
  answer: (request) => {
    const { count, resetMs } = request.perMinute
    if (count <= (request.options.number('rpm') ?? REQUESTS_PER_MINUTE)) return smart.answer(request)
    return request.failWith(TOO_MANY_REQUESTS, Math.ceil(resetMs / 1_000))
  },
}
