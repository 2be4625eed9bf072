/** Servers of a provider that stand in a region, where the same costs more. */
export interface RegionalPrice {
  /** Their hosts. */
  readonly hosts: RegExp
  /** The models that cost more there, by their names at the provider; all when absent. */
  readonly models?: RegExp
  /** A multiple of the usual price of every token. */
  readonly times: readonly [numerator: bigint, denominator: bigint]
}

/**
 * How many times the usual price a model costs at an address; undefined for once.
 *
 * @param address that the operator wrote in place of the provider's own
 */
export function regionalTimes(
  rows: readonly RegionalPrice[] | undefined,
  model: string,
  address: string | undefined,
): RegionalPrice['times'] | undefined {
  const host = URL.parse(address ?? '')?.hostname
  if (host === undefined) return undefined
  return rows?.find(({ hosts, models }) => hosts.test(host) && models?.test(model) !== false)?.times
}
