/** The members of `T` without `undefined` among their values. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** A copy of the value with absent members left out, so that `undefined` never reaches an optional field. */
export function defined<T extends object>(value: T): Defined<T> {
  const copy: Partial<T> = {}
  // A loop, because lists of entries are most of the garbage of a small request.
  for (const key in value) if (value[key] !== undefined) copy[key] = value[key]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the loop leaves out exactly what the type says
  return copy as Defined<T>
}
