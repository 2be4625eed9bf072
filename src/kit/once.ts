/** Gives what makes a value when it is asked for first, and the same value ever after. What throws is made anew. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
