import { simulatedAnthropic } from './simulated-anthropic.ts'
import { simulatedCohere } from './simulated-cohere.ts'
import { simulatedGoogle } from './simulated-google.ts'
import { simulatedOpenai } from './simulated-openai.ts'
import { simulatedResponses } from './simulated-responses.ts'
import type { Vendor } from './vendor.ts'

/** Every simulated company. A new dialect is simulated by its file and a line here. */
export const vendors: readonly Vendor[] = [
  simulatedOpenai,
  simulatedAnthropic,
  simulatedResponses,
  simulatedGoogle,
  simulatedCohere,
]
