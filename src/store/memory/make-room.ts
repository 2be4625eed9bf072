/** How many entries one insertion looks at, so that a full map costs no more than a busy one. */
const LOOKS = 32

/**
 * Makes room for one more entry in a map that holds `capacity` at most. Looks at the oldest entries: those that are over
 * leave, those in use go to the end of the queue. When none of them is over, the first that may be forgotten leaves.
 * Gives false when the map is full of entries that must stay.
 *
 * @param state `over`: nothing is lost by forgetting it; `idle`: it can be rebuilt; `busy`: it must stay
 */
export function makeRoom<V>(
  entries: Map<string, V>,
  capacity: number,
  state: (entry: V) => 'over' | 'idle' | 'busy',
): boolean {
  if (entries.size < capacity) return true
  let looks = 0
  let idle: string | undefined
  let freed = false
  for (const [name, entry] of entries) {
    looks += 1
    const found = state(entry)
    if (found === 'over') {
      entries.delete(name)
      freed = true
    } else {
      if (found === 'idle') idle ??= name
      entries.delete(name)
      entries.set(name, entry)
    }
    if (looks >= LOOKS) break
  }
  if (freed) return true
  if (idle === undefined) return false
  entries.delete(idle)
  return true
}
