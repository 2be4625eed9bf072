import { openAuditFiles } from '../boot/audit-files.ts'
import { COMMAND_ACTOR } from '../boot/auditing.ts'
import { defined } from '../kit/defined.ts'
import { createIds } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import type { AuditAct } from '../store/audit.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import type { Installation } from './installation.ts'

/** What a command is about to do to the store. */
export interface CommandAct {
  /** Command and action: `keys revoke`. */
  readonly act: string
  /** Kind and id of what it is done to. Absent: it is made, and `work` says it. */
  readonly subject?: string | undefined
  readonly summary?: string | undefined
}

/**
 * Does something to the store, and leaves an entry of it in the audit: it is taken down before, and what came of it afterwards.
 *
 * @param work is given what takes the subject, once there is one
 * @throws CommandError where no entry can be left: then nothing is done
 */
export async function leaveEntry<Result>(
  call: CommandCall,
  { paths, store }: Pick<Installation, 'paths' | 'store'>,
  doing: CommandAct & { readonly work: (made: (subject: string) => void) => Promise<Result> },
): Promise<Result> {
  const { clock, random } = call
  const files = openAuditFiles(paths.dataDirectory, random)
  let { subject } = doing
  const told = (outcome: string): AuditAct => ({
    ...begun,
    outcome,
    ...defined({ subject: subject?.slice(0, LIMITS.auditSubject) }),
  })
  const begun: AuditAct = {
    id: createIds(clock, random).mint('act'),
    atMs: clock.nowMs(),
    actor: COMMAND_ACTOR,
    act: doing.act,
    outcome: 'unknown',
    summary: (doing.summary ?? '').slice(0, LIMITS.auditSummary),
    ...defined({ subject: subject?.slice(0, LIMITS.auditSubject) }),
  }
  const end = async (outcome: string): Promise<void> =>
    files.writeHead(await store.audit.add(told(outcome), files.key))
  await store.audit.begin(begun).catch((thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new CommandError(EXIT.failed, `The audit takes no entry now, so nothing was done: ${why}`)
  })
  try {
    const result = await doing.work((made) => (subject = made))
    await end('done')
    return result
  } catch (thrown) {
    await end('refused').catch(() => undefined)
    throw thrown
  }
}
