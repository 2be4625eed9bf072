import type { ReactNode } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notices.tsx'

/** The text of a key. It can be left only by its button: what is shown here is shown nowhere again. */
export function ShownOnce({
  title,
  secret,
  children,
  onClose,
}: {
  readonly title: string
  readonly secret: string
  readonly children?: ReactNode
  readonly onClose: () => void
}): ReactNode {
  return (
    <Dialog
      title={title}
      footer={
        <button type="button" className="btn primary" onClick={onClose}>
          I have it
        </button>
      }
    >
      <Notice tone="warn">This is the only time that it is shown. The gateway keeps a hash of it.</Notice>
      {children}
      <div className="code with-copy">
        <pre className="secret">{secret}</pre>
        <CopyButton text={secret} label="Copy the key" word="Copy" />
      </div>
    </Dialog>
  )
}
