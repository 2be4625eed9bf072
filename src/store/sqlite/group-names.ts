import { OWNER_NAMES } from '../owner-columns.ts'
import type { SavingsGrouping } from '../usage-report.ts'

/** The expression that names a group, over owners and purposes that are empty where there are none. */
export const GROUP_NAMES: Readonly<Record<SavingsGrouping, string>> = {
  ...OWNER_NAMES,
  target: 'target',
  route: 'route',
  // What no purpose is told of was asked by a client.
  purpose: "iif(purpose = '', 'client', purpose)",
  day: "strftime('%Y-%m-%d', at_ms / 1000, 'unixepoch')",
}
