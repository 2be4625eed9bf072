import { dlopen, ptr } from 'bun:ffi'

/** sched(7): the ordinary policy of Linux, and the one whose threads never take the processor from a running one on waking up. */
const SCHED_OTHER = 0
const SCHED_BATCH = 3
const THIS_THREAD = 0
/** The C library under its names: GNU, then musl. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]
/** An address at which nothing listens and for which no packet is sent. */
const NOWHERE = '/nonexistent/gatehouse'

/**
 * Starts the thread in which the runtime works on outbound HTTP, as one that does not interrupt the thread that serves
 * requests. On a busy core it would do so at every call, and both would find their caches cold; now it takes up all the calls of a turn
 * together (decision 11). Linux lets a thread inherit its policy from the one that starts it, and the runtime starts
 * this one at the first call.
 *
 * Does nothing where there is no such policy, where the process was given another one, or where the thread is there already.
 */
export function startOutboundThread(): void {
  const scheduler = openScheduler()
  if (scheduler === undefined) return
  try {
    if (scheduler.get() !== SCHED_OTHER) return
    scheduler.set(SCHED_BATCH)
    fetch('http://localhost/', { unix: NOWHERE }).catch(() => undefined)
    scheduler.set(SCHED_OTHER)
  } finally {
    scheduler.close()
  }
}

/** The policy of the calling thread. */
interface Scheduler {
  get(): number
  set(policy: number): void
  close(): void
}

/** sched_getscheduler(2) and sched_setscheduler(2), or undefined where there are none. */
function openScheduler(): Scheduler | undefined {
  if (process.platform !== 'linux') return undefined
  for (const library of LIBRARIES) {
    try {
      const { symbols, close } = dlopen(library, {
        sched_getscheduler: { args: ['i32'], returns: 'i32' },
        sched_setscheduler: { args: ['i32', 'i32', 'ptr'], returns: 'i32' },
      })
      const priority = new Int32Array(1)
      return {
        get: () => symbols.sched_getscheduler(THIS_THREAD),
        set: (policy) => void symbols.sched_setscheduler(THIS_THREAD, policy, ptr(priority)),
        close,
      }
    } catch {
      // The next name; without any, the thread is an ordinary one.
    }
  }
  return undefined
}
