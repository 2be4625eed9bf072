import type { ModelCard, SimulatedModel } from '../simulated-model.ts'
import { agent } from './agent.ts'
import { classify } from './classify.ts'
import { echo } from './echo.ts'
import { embed } from './embed.ts'
import { empty } from './empty.ts'
import { fault } from './fault.ts'
import { flaky } from './flaky.ts'
import { json } from './json.ts'
import { judge } from './judge.ts'
import { limited } from './limited.ts'
import { long } from './long.ts'
import { moderate } from './moderate.ts'
import { reason } from './reason.ts'
import { recite } from './recite.ts'
import { refuse } from './refuse.ts'
import { rerank } from './rerank.ts'
import { sloppy } from './sloppy.ts'
import { slow } from './slow.ts'
import { small } from './small.ts'
import { smart } from './smart.ts'
import { stop } from './stop.ts'
import { tools } from './tools.ts'
import { vision } from './vision.ts'

/** Every simulated model that holds conversations, in the order of lists. A new model is its file and a line here. */
export const simulatedModels: readonly SimulatedModel[] = [
  smart,
  small,
  echo,
  tools,
  agent,
  json,
  reason,
  vision,
  slow,
  long,
  recite,
  stop,
  refuse,
  empty,
  flaky,
  limited,
  sloppy,
  judge,
  classify,
  fault,
]

/** All of them: behind those that converse, one for each other operation. */
export const listedModels: readonly ModelCard[] = [...simulatedModels, embed, rerank, moderate]
