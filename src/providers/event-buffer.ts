import { isSemantic, type EventSink, type ResponseEvent } from '../exchange/event.ts'

/** Collects what a reader says of a response, up to and including how it ended; what comes behind that is ignored. */
export class EventBuffer {
  #events: ResponseEvent[] = []
  #passedFrames = 0
  #passedBytes = 0
  #meaningful = false
  /** Was one of the events that were taken last semantic? */
  meaningful = false
  /** How the response ended, once it has. */
  ended: 'end' | 'failure' | undefined

  /** Takes an event; bound, because readers are given it as their sink. */
  readonly push: EventSink = (event) => {
    if (this.ended !== undefined) return
    if (event.type === 'passed') {
      this.#passedFrames += event.frames
      this.#passedBytes += event.bytes
      this.#meaningful = true
      return
    }
    this.#tellPassed()
    this.#events.push(event)
    this.#meaningful ||= isSemantic(event)
    if (event.type === 'end' || event.type === 'failure') this.ended = event.type
  }

  /** Is one of the events that wait to be taken semantic? */
  get hasMeaning(): boolean {
    return this.#meaningful
  }

  /** The events since the last call. Frames that were passed on one after the other are one event. */
  take(): readonly ResponseEvent[] {
    this.#tellPassed()
    const taken = this.#events
    this.#events = []
    this.meaningful = this.#meaningful
    this.#meaningful = false
    return taken
  }

  #tellPassed(): void {
    if (this.#passedFrames === 0) return
    this.#events.push({ type: 'passed', frames: this.#passedFrames, bytes: this.#passedBytes })
    this.#passedFrames = 0
    this.#passedBytes = 0
  }
}
