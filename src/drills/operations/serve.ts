import type { Operation, RequestOf } from '../../exchange/operations/all.ts'
import type { Visit } from '../visit.ts'

/** How the simulated provider answers an operation, in whichever dialect. */
export interface Serve<O extends Operation = Operation> {
  /** Answers a request that the vendor has nothing against so far. Throws `VendorError`. */
  answer(visit: Visit, request: RequestOf<O>): Response | Promise<Response>
}
