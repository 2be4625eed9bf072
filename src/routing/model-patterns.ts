import type { Route, RouteTarget } from '../exchange/route.ts'

/**
 * Does a pattern cover a name? `*` stands for any run of characters, everything else for itself. Linear in the name for
 * one star and never worse than the product of the lengths, so a hostile name costs nothing.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resumeAt = 0
  let position = 0
  while (position < name.length) {
    if (pattern[at] === '*') {
      star = at
      at += 1
      resumeAt = position
    } else if (pattern[at] === name[position]) {
      at += 1
      position += 1
    } else if (star >= 0) {
      at = star + 1
      resumeAt += 1
      position = resumeAt
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** True when one of the patterns covers the name; absent patterns cover everything, an empty list nothing. */
export function matchesAny(patterns: readonly string[] | undefined, name: string): boolean {
  if (patterns === undefined) return true
  for (const pattern of patterns) {
    if (matchesPattern(pattern, name)) return true
  }
  return false
}

/**
 * May a key with these patterns send a request to this target on behalf of a route?
 *
 * A pattern with a slash (`openai/*`) speaks about targets and holds for each candidate by itself, so a route cannot lead out
 * of it. A pattern without one (`support-bot`, `*`) speaks about routes and grants whatever the route leads to.
 *
 * @param names what the client wrote and the route's own name
 */
export function allowsTarget(
  patterns: readonly string[] | undefined,
  names: readonly string[],
  targetId: string,
): boolean {
  if (patterns === undefined) return true
  for (const pattern of patterns) {
    if (pattern.includes('/')) {
      if (matchesPattern(pattern, targetId)) return true
    } else if (names.some((name) => matchesPattern(pattern, name))) {
      return true
    }
  }
  return false
}

/** A key may use a route when it may use at least one of its targets; the others are filtered when one is chosen. */
export function allowsRoute(
  patterns: readonly string[] | undefined,
  { name, targets, fallback }: Route,
  asked: string,
): boolean {
  if (patterns === undefined) return true
  const names = [asked, name]
  return allowsAny(patterns, names, targets) || allowsAny(patterns, names, fallback)
}

function allowsAny(
  patterns: readonly string[],
  names: readonly string[],
  targets: readonly RouteTarget[],
): boolean {
  return targets.some(({ target }) => allowsTarget(patterns, names, target.id))
}
