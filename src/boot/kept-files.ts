import type { Clock, Timer } from '../kit/clock.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

const LOOK_MS = 2_000

export interface KeptFilesNeeds {
  /** Files that are open for as long as the process lives. */
  readonly paths: readonly string[]
  readonly isGone: (path: string) => Promise<boolean>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Knows whether what is kept can be found again. */
export interface KeptFiles {
  /** A file that was removed while it was open; another one in its place does not make it good. */
  readonly lost: string | undefined
  close(): void
}

/**
 * Looks now and again whether files are where they were opened. The system goes on writing to a removed one without a word, and forgets
 * it with the process.
 */
export function followFiles({ paths, isGone, clock, telemetry }: KeptFilesNeeds): KeptFiles {
  let lost: string | undefined
  let timer: Timer | undefined
  const look = async (): Promise<void> => {
    for (const path of paths) {
      if (!(await isGone(path))) continue
      lost = path
      telemetry.log(
        'error',
        'a file that is written to was removed; what it takes now is lost with this process',
        {
          path,
        },
      )
      return
    }
    lookAgain()
  }
  const lookAgain = (): void => {
    timer = clock.after(LOOK_MS, () => void look())
  }
  lookAgain()
  return {
    get lost() {
      return lost
    },
    close: () => timer?.cancel(),
  }
}
