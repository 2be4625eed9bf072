import { OWNER_NAMES } from '../owner-columns.ts'
import type { SpendDimension } from '../spend.ts'

/** The columns of dimensions, in the ledger and in the sums of hours alike. */
export const SPEND_NAMES: Readonly<Record<SpendDimension, string>> = {
  ...OWNER_NAMES,
  provider: 'provider',
  model: 'model',
  target: 'target',
  route: 'route',
  purpose: 'purpose',
}
