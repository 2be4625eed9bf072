import { processSurroundings } from './cli/process-surroundings.ts'
import { runCommandLine } from './cli/run.ts'

const exitCode = await runCommandLine(process.argv.slice(2), processSurroundings())
// Timers and kept-alive connections must not keep a finished command from ending.
process.exit(exitCode)
