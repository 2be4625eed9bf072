import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'

/**
 * Decides what becomes of the bodies of refused requests, which nobody reads. Many clients send all of a body before they look
 * at the answer, and find the connection broken instead of it where it is closed meanwhile: they would report, and repeat, a
 * fault of the network. So bodies are let pass by, which costs no memory but takes time, and only so many bytes of them.
 */
export interface UnreadBodies {
  /** True when the body of a refused request may pass by; false when its connection has to be closed instead. */
  mayPass(headers: Headers): boolean
}

/** Creates the account of the bytes that pass by. */
export function createUnreadBodies(clock: Clock): UnreadBodies {
  let bytes: number = LIMITS.unreadBytes
  let filledMs = clock.elapsedMs()
  return {
    mayPass(headers) {
      const declared = headers.get('content-length')
      // A body that does not say its size may have no end.
      if (declared === null) return !headers.has('transfer-encoding')
      const size = Number(declared)
      if (size <= LIMITS.unreadBodyBytes) return true
      const nowMs = clock.elapsedMs()
      bytes = Math.min(LIMITS.unreadBytes, bytes + ((nowMs - filledMs) / 1000) * LIMITS.unreadBytesPerSecond)
      filledMs = nowMs
      if (size > bytes) return false
      bytes -= size
      return true
    },
  }
}
