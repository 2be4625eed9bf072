type HeaderRecord = Readonly<Record<string, string>>

const NONE: HeaderRecord = {}

/**
 * True when one of the rules names a header.
 *
 * @param rules names in lower case; a trailing `*` matches every name that begins so
 * @param name in lower case
 */
export function namesHeader(rules: readonly string[], name: string): boolean {
  for (const rule of rules) {
    if (rule === name || (rule.endsWith('*') && beginsLike(name, rule, rule.length - 1))) return true
  }
  return false
}

/** Compared in place, because every header of every request is asked about, and a prefix cut from its rule is a new text. */
function beginsLike(name: string, rule: string, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (name.charCodeAt(at) !== rule.charCodeAt(at)) return false
  return true
}

/**
 * The headers that the rules name.
 *
 * @param headers by their names in lower case
 * @param except names that no rule can let through
 */
export function pickHeaders(
  headers: HeaderRecord,
  rules: readonly string[],
  except?: ReadonlySet<string>,
): HeaderRecord {
  let picked: Record<string, string> | undefined
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || except?.has(name) === true || !namesHeader(rules, name)) continue
    picked ??= {}
    picked[name] = value
  }
  return picked ?? NONE
}
