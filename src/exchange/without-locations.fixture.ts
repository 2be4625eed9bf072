/** A decoded request, or a part of one, as if nobody knew where the client wrote it: for tests of what it says. */
export function withoutLocations<Content>(said: Content): Content
export function withoutLocations(said: unknown): unknown {
  if (Array.isArray(said)) return said.map((one: unknown) => withoutLocations(one))
  if (typeof said !== 'object' || said === null) return said
  // A member `at` of what a client wrote, such as a schema, is no place.
  const kept = Object.entries(said).filter(([key, held]) => key !== 'at' || typeof held !== 'string')
  return Object.fromEntries(kept.map(([key, held]: [string, unknown]) => [key, withoutLocations(held)]))
}
