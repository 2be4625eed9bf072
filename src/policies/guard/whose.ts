import type { Exchange } from '../../exchange/exchange.ts'
import type { Whose } from './vault.ts'

/** For whom a request is, of those who remember what was masked in it. */
export function whoseIs({ caller, request, requestOptions }: Exchange): Whose {
  return {
    owners: caller.owners,
    customer: requestOptions.customer,
    user: 'user' in request ? request.user : undefined,
  }
}
