import type { ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'
import { useActOnKey, type KeyAct, type KeyLine } from './use-keys.ts'

export type AskedAct = 'revoke' | 'pause' | 'resume' | 'end-earlier'

interface ActWords {
  readonly verb: string
  readonly what: string
  readonly isDanger: boolean
}

const WORDS: Readonly<Record<AskedAct, ActWords>> = {
  revoke: {
    verb: 'Revoke',
    what: 'Its callers get 401 from the next request on. This cannot be undone; a new key has another text.',
    isDanger: true,
  },
  pause: {
    verb: 'Pause',
    what: 'Its callers get 403 from the next request on, until it is resumed. Its text stays good.',
    isDanger: true,
  },
  resume: { verb: 'Resume', what: 'Its callers are let in again.', isDanger: false },
  'end-earlier': {
    verb: 'End the old secret of',
    what: 'Whoever still sends the secret from before the rotation is refused from the next request on.',
    isDanger: true,
  },
}

/** Names what is lost, and asks. */
export function ActDialog({
  target,
  act,
  onClose,
}: {
  readonly target: KeyLine
  readonly act: AskedAct
  readonly onClose: () => void
}): ReactNode {
  const acting = useActOnKey(target.id)
  const { verb, what, isDanger } = WORDS[act]
  const asked: KeyAct = act === 'revoke' ? {} : { path: act }
  return (
    <Dialog
      title={`${verb} ${act === 'end-earlier' ? '' : 'key '}${target.name}?`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Leave it
          </button>
          <button
            type="button"
            className={isDanger ? 'btn danger solid' : 'btn primary'}
            aria-disabled={acting.isPending}
            onClick={() => acting.mutate(asked, { onSuccess: onClose })}
          >
            {acting.isPending ? <span className="spin" /> : null}
            {verb} {target.name}
          </button>
        </>
      }
    >
      <p>{what}</p>
      {acting.error === null ? null : <Failed error={acting.error} what="Nothing was changed." />}
    </Dialog>
  )
}
