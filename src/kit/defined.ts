/** The members of `T` without `undefined` among their values. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** A copy of the value with absent members left out, so that `undefined` never reaches an optional field. */
export function defined<T extends object>(value: T): Defined<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter removes exactly what the type says
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>
}
