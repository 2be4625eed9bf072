import { Gates } from '../routing/gates.ts'
import { createHealthBoard, type HealthBoard } from '../routing/health.ts'
import { LoadBoard } from '../routing/loads.ts'
import { createPromptPrefixes, type PromptPrefixes } from '../routing/prompt-prefixes.ts'
import { createWarmPlaces, type WarmPlaces } from '../routing/warm-places.ts'
import type { Foundation } from './foundation.ts'

type BoardGround = Pick<Foundation, 'clock' | 'random' | 'telemetry'>

/** What the process learns of targets, for as long as it lives. */
interface Boards {
  readonly health: HealthBoard
  readonly loads: LoadBoard
  readonly gates: Gates
  /** Where prompts are cached. */
  readonly warm: WarmPlaces
  /** Whose system prompts change. */
  readonly prompts: PromptPrefixes
}

/** Opens the boards, empty, and has their sizes measured. */
export function openBoards(foundation: BoardGround): Boards {
  const loads = openLoads(foundation)
  return {
    loads,
    gates: openGates(foundation),
    health: openHealth(foundation, loads),
    warm: openWarmPlaces(foundation),
    prompts: openPrompts(foundation),
  }
}

function openGates({ clock, telemetry }: Pick<Foundation, 'clock' | 'telemetry'>): Gates {
  const gates = new Gates(clock)
  telemetry.gauge('gatehouse_capped_attempts', () => gates.sizes().inUse)
  telemetry.gauge('gatehouse_queued', () => gates.sizes().waiting)
  return gates
}

function openLoads({ clock, telemetry }: BoardGround): LoadBoard {
  const loads = new LoadBoard(clock)
  telemetry.gauge('gatehouse_attempts_in_flight', () => loads.sizes().inFlight)
  telemetry.gauge('gatehouse_measured_targets', () => loads.sizes().targets)
  return loads
}

/** Changes of health are logged, and who is well again is given work little by little. */
function openHealth({ clock, random, telemetry }: BoardGround, loads: LoadBoard): HealthBoard {
  const health = createHealthBoard({
    clock,
    random,
    listen(change, subject) {
      if (change === 'closed') loads.recovered(subject.target)
      telemetry.log(change === 'closed' ? 'info' : 'warn', `health: ${change}`, { ...subject })
    },
  })
  telemetry.gauge('gatehouse_targets_resting', () => health.sizes().open)
  telemetry.gauge('gatehouse_credentials_resting', () => health.sizes().resting)
  return health
}

function openPrompts({ telemetry }: BoardGround): PromptPrefixes {
  const prompts = createPromptPrefixes()
  telemetry.gauge('gatehouse_prompt_sources', () => prompts.size)
  telemetry.gauge('gatehouse_changing_prompts', () => prompts.all().length)
  return prompts
}

function openWarmPlaces({ telemetry }: BoardGround): WarmPlaces {
  const places = createWarmPlaces()
  telemetry.gauge('gatehouse_warm_places', () => places.size)
  return places
}
