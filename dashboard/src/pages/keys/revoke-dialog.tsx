import type { ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'
import { useRevokeKey, type KeyLine } from './use-keys.ts'

/** Names what is lost, and asks. */
export function RevokeDialog({
  target,
  onClose,
}: {
  readonly target: KeyLine
  readonly onClose: () => void
}): ReactNode {
  const revoking = useRevokeKey()
  return (
    <Dialog
      title={`Revoke key ${target.name}?`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            className="btn danger solid"
            aria-disabled={revoking.isPending}
            onClick={() => revoking.mutate(target.id, { onSuccess: onClose })}
          >
            {revoking.isPending ? <span className="spin" /> : null}Revoke {target.name}
          </button>
        </>
      }
    >
      <p>Its callers get 401 from the next request on. This cannot be undone; a new key has another text.</p>
      {revoking.error === null ? null : <Failed error={revoking.error} what="It was not revoked." />}
    </Dialog>
  )
}
