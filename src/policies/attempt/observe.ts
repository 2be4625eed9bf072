import { isSemantic, type ResponseEvent } from '../../exchange/event.ts'
import type { Observed } from './billed-usage.ts'

/** What metering remembers of a response while it passes. */
export interface Observation extends Observed {
  isFinished: boolean
  isSemantic: boolean
}

/** Creates the observation of a response that has not begun. */
export function createObservation(): Observation {
  return {
    isFinal: false,
    isCount: false,
    isAnswered: false,
    characters: 0,
    frames: 0,
    isFinished: false,
    isSemantic: false,
  }
}

/** Takes note of the events of one chunk. */
export function observe(observation: Observation, events: readonly ResponseEvent[]): void {
  for (const event of events) {
    if (!observation.isSemantic && isSemantic(event)) observation.isSemantic = true
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'arguments-delta':
        observation.characters += event.text.length
        break
      case 'passed':
        observation.frames += event.frames
        break
      case 'usage':
        observation.usage = event.usage
        observation.isFinal = observation.isFinished
        break
      case 'finish':
        observation.isFinished = true
        break
      case 'token-count':
        observation.isCount = true
        break
      case 'start':
      case 'block-start':
      case 'native-delta':
      case 'seal':
      case 'citation':
      case 'logprobs':
      case 'block-end':
      case 'end':
      case 'failure':
    }
  }
}
