import type { SimulatedModel } from '../simulated-model.ts'
import { VendorError } from '../vendor-error.ts'
import { smart } from './smart.ts'

/** Fails now and then, by a draw that repeats with the seed of the run. */
export const flaky: SimulatedModel = {
  name: 'flaky',
  summary: 'Answers `rate` (0.5) of the requests with the status `error` (500), the others like smart.',
  options: { rate: 'share', error: 'count' },
  answer: (request) => {
    const { options, lot } = request
    const status = options.number('error') ?? 500
    if (status < 400 || status > 599)
      throw new VendorError(400, "The option 'error' must be a status from 400 to 599.")
    if (lot < (options.number('rate') ?? 0.5)) return request.failWith(status)
    return smart.answer(request)
  },
}
