import { closeSync, openSync, readFileSync } from 'node:fs'

/** The files and sockets that the process may have open. */
export interface Descriptors {
  /** Most that may be open at once; undefined where the platform does not say. */
  readonly most: number | undefined
  /**
   * How many more may be opened: exact when there are none left, else at least the truth's order of magnitude. The system
   * gives out the lowest number that is free, so one look at what it gives costs a microsecond and no list of all.
   */
  free(): number
}

const NOTHING = '/dev/null'

/** The descriptors of this process. The runtime raises the soft limit to the hard one by itself at the start. */
export function openDescriptors(): Descriptors {
  const most = readMost()
  return {
    most,
    free() {
      try {
        const lowest = openSync(NOTHING, 'r')
        closeSync(lowest)
        return most === undefined ? Infinity : Math.max(0, most - lowest)
      } catch {
        return 0
      }
    },
  }
}

/** Linux tells in a file. */
function readMost(): number | undefined {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return found === null ? undefined : Number(found[1])
  } catch {
    return undefined
  }
}

/** Descriptors that are held for bad times. */
export interface SpareDescriptors {
  /** Gives them back, for whoever needs some now. */
  release(): void
  /** Takes as many again as there are. */
  refill(): void
}

/** Holds descriptors in reserve. */
export function holdSpare(count: number): SpareDescriptors {
  const held: number[] = []
  return {
    release() {
      for (const descriptor of held.splice(0)) closeSync(descriptor)
    },
    refill() {
      try {
        while (held.length < count) held.push(openSync(NOTHING, 'r'))
      } catch {
        // There are none left; what could be had is held.
      }
    },
  }
}
