/**
 * What this browser keeps for the dashboard under a name. Undefined where nothing is kept, and where the browser keeps nothing at all:
 * reaching for its storage throws then, and the pages go on without.
 */
export function keptHere(
  name: string,
  where: 'localStorage' | 'sessionStorage' = 'localStorage',
): string | undefined {
  try {
    return globalThis[where].getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps a text under a name, or forgets it; what is not kept is lost with the page. */
export function keepHere(
  name: string,
  text: string | undefined,
  where: 'localStorage' | 'sessionStorage' = 'localStorage',
): void {
  try {
    if (text === undefined) globalThis[where].removeItem(name)
    else globalThis[where].setItem(name, text)
  } catch {
    // A browser that keeps nothing, or whose room is full.
  }
}
