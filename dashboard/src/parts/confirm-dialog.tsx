import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { Failed } from './notices.tsx'

interface ConfirmProps {
  readonly title: string
  /** What the button says that does it. */
  readonly verb: string
  /** The doing of it, once it was begun. */
  readonly doing: { readonly isPending: boolean; readonly error: Error | null }
  /** Told where it failed. */
  readonly failed: string
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** What follows from it. */
  readonly children: ReactNode
}

/** Asks once more before something is done that cannot be taken back. */
export function ConfirmDialog({
  title,
  verb,
  doing,
  failed,
  onConfirm,
  onClose,
  children,
}: ConfirmProps): ReactNode {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="btn danger" aria-disabled={doing.isPending} onClick={onConfirm}>
            {doing.isPending ? <span className="spin" /> : null}
            {verb}
          </button>
        </>
      }
    >
      {doing.error === null ? null : <Failed error={doing.error} what={failed} />}
      <p>{children}</p>
    </Dialog>
  )
}
