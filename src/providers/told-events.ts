import { isSemantic, type EventSink, type ResponseEvent } from '../exchange/event.ts'

/** Collects what a reader says of a response, up to and including how it ended; what comes behind that is ignored. */
export interface ToldEvents {
  readonly push: EventSink
  /** The events since the last call. Frames that were passed on one after the other are one event. */
  take(): readonly ResponseEvent[]
  /** Was one of the events that were taken last semantic? */
  readonly meaningful: boolean
  /** How the response ended, once it has. */
  readonly ended: 'end' | 'failure' | undefined
}

/** Creates a collector of a response that has not begun. */
export function createToldEvents(): ToldEvents {
  let events: ResponseEvent[] = []
  let passedFrames = 0
  let passedBytes = 0
  let meaningful = false
  let wasMeaningful = false
  let ended: 'end' | 'failure' | undefined
  const tellPassed = (): void => {
    if (passedFrames === 0) return
    events.push({ type: 'passed', frames: passedFrames, bytes: passedBytes })
    passedFrames = 0
    passedBytes = 0
  }
  return {
    push(event) {
      if (ended !== undefined) return
      if (event.type === 'passed') {
        passedFrames += event.frames
        passedBytes += event.bytes
        meaningful = true
        return
      }
      tellPassed()
      events.push(event)
      meaningful ||= isSemantic(event)
      if (event.type === 'end' || event.type === 'failure') ended = event.type
    },
    take() {
      tellPassed()
      const taken = events
      events = []
      wasMeaningful = meaningful
      meaningful = false
      return taken
    },
    get meaningful() {
      return wasMeaningful
    },
    get ended() {
      return ended
    },
  }
}
