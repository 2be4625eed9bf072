import { readBoolean, readNumber, readObject, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { callAdmin } from './admin-call.ts'
import { EXIT, type CommandCall } from './command.ts'

/** Says what of both documents is not in force, and what the file would change. Fails where the file cannot be used. */
export async function drift(call: CommandCall): Promise<number> {
  const { output } = call
  const answer = await callAdmin(call, 'GET', { path: '/config/drift' })
  const file = readObject(answer, 'file')
  const isWrong = file !== undefined && readBoolean(file, 'ok') === false
  if (output.json) output.value(answer)
  else tellDrift(call, answer, file)
  return isWrong ? EXIT.usage : EXIT.ok
}

function tellDrift({ output }: CommandCall, answer: JsonObject, file: JsonObject | undefined): void {
  if (file === undefined) output.line('There is no file.')
  else tellFile(output, file)
  for (const object of readObjects(answer, 'shadowed')) {
    const line = readNumber(object, 'line')
    output.line(
      `${readString(object, 'path')} is managed and stands in the file${line === undefined ? '' : `, line ${line},`} as well, which holds.`,
    )
  }
  const leftOut = readObjects(answer, 'left_out')
  if (leftOut.length > 0) output.line('The managed document does not fit the file, and is left out:')
  for (const problem of leftOut) output.complain(problemLine(problem))
}

function tellFile(output: CommandCall['output'], file: JsonObject): void {
  const path = readString(file, 'path')
  if (readBoolean(file, 'in_force') === true) return output.line(`${path} is in force as it is.`)
  if (readBoolean(file, 'ok') === false) {
    output.line(`${path} was changed and cannot be used; what was before stays in force.`)
    for (const problem of readObjects(file, 'problems')) output.complain(problemLine(problem))
    return
  }
  output.line(`${path} is not what is in force. It would change:`)
  const changes = readObjects(file, 'changes')
  for (const change of changes) output.line(`  ${readString(change, 'text')}`)
  if (changes.length === 0) output.line('  nothing but comments and how it is written')
}

/** What is wrong with a configuration, in a line. */
export function problemLine(problem: JsonObject): string {
  const [severity, layer, path, message, hint = ''] = ['severity', 'layer', 'path', 'message', 'hint'].map(
    (member) => readString(problem, member),
  )
  return `${severity}: ${layer}: ${path}: ${message}. ${hint}`.trimEnd()
}
