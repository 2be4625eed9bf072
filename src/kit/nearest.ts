/**
 * Gives the names closest to `wanted`, best first, for "did you mean" messages.
 * Compares without case; a name is close when at most a third of it (and at least two letters) must change, or when one contains the other
 * and the shorter has at least three letters.
 *
 * @param names candidates; longer lists cost O(names × length²), so callers keep them short
 * @param most how many to give back
 */
export function nearestNames(wanted: string, names: Iterable<string>, most = 3): string[] {
  const target = wanted.slice(0, 100).toLowerCase()
  const scored: { name: string; distance: number }[] = []
  for (const name of names) {
    const candidate = name.toLowerCase()
    const distance = distanceOf(candidate, target)
    if (distance <= Math.max(2, Math.ceil(candidate.length / 3))) scored.push({ name, distance })
  }
  scored.sort((left, right) => left.distance - right.distance || left.name.localeCompare(right.name))
  return scored.slice(0, most).map((entry) => entry.name)
}

/** Letters that a slip of the pen changes; more of them make another word. */
const MOST_SLIPS = 2

/** True when a few letters of `wanted` must change to make it `name`: nearer than what is worth a guess. Compares without case. */
export function isMisspelt(wanted: string, name: string): boolean {
  return editDistance(wanted.slice(0, 100).toLowerCase(), name.toLowerCase()) <= MOST_SLIPS
}

function distanceOf(candidate: string, target: string): number {
  if (candidate === target) return 0
  return contains(candidate, target) ? 1 : editDistance(target, candidate)
}

function contains(left: string, right: string): boolean {
  if (Math.min(left.length, right.length) < 3) return false
  return left.includes(right) || right.includes(left)
}

/** Levenshtein distance with one row of memory. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
