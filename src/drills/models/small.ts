import type { SimulatedModel } from '../simulated-model.ts'
import { smart } from './smart.ts'

/** The cheap one beside the dear one, so that routes between two can be tried without a key. */
export const small: SimulatedModel = {
  name: 'small',
  summary: 'Like smart, at a tenth of its price.',
  options: {},
  answer: (request) => smart.answer(request),
}
