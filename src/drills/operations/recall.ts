import { VendorError } from '../vendor-error.ts'
import type { Serve } from './serve.ts'

/** The simulated provider stores nothing, so it knows no answer by its id. */
export const recall: Serve<'recall'> = {
  answer(_visit, { id }) {
    throw new VendorError(404, `Response with id '${id}' not found.`)
  },
}
