import { compileConfig, type CompiledConfig, type CompileParts } from './compile.ts'
import { loadConfig, type ConfigInput } from './load.ts'

/** Loads and compiles in one step: from text to plan, or to the list of everything that is wrong. */
export function readPlan(input: ConfigInput, parts: CompileParts): CompiledConfig {
  return compileConfig(loadConfig(input), input.text, parts)
}
