/** A release date or `-latest` at the end of a model's name: `-2025-09-29`, `-20250929`, `@20250929`. */
const SUFFIX = /(?:[-@]20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|-latest)$/

/** The name without a resource prefix (`models/`), a date and `-latest`, in lower case. */
export function undatedName(model: string): string {
  return plainName(model).replace(SUFFIX, '')
}

/**
 * The names under which a catalogue may know a model, best first: as given, without its date, as the latest of its kind.
 * A new release of a known model costs the same until somebody says otherwise.
 */
export function modelNames(model: string): readonly string[] {
  const undated = undatedName(model)
  return [...new Set([plainName(model), undated, `${undated}-latest`])]
}

function plainName(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(/^models\//, '')
}
