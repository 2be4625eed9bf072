import { useState, type ReactNode } from 'react'
import { areKeysOn, switchKeys } from '../app/use-shortcuts.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ALL_PLACES } from './places.ts'

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['⌘K', 'Ctrl K'], 'Go to a page or an id'],
  ...ALL_PLACES.map(({ key, name }): readonly [readonly string[], string] => [[`g ${key}`], name]),
  [['j', 'k'], 'Next, previous row; older, newer request'],
  [['1', '6'], 'A part of a request, by its place'],
  [['Enter', 'o'], 'Peek at the row, then its page'],
  [['Esc'], 'Close what is on top'],
  [['t'], 'Choose the time that is shown'],
  [['x'], 'Select the row'],
  [['f'], 'Follow: new requests are shown by themselves'],
  [['e'], 'Export what is filtered, or selected'],
  [['l'], 'Show what happens at once, or keep the page as it is'],
  [['?'], 'This list'],
]

/** What keys do, and the switch for the single ones. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [areOn, setAreOn] = useState(areKeysOn)
  const toggle = (on: boolean): void => {
    switchKeys(on)
    setAreOn(on)
  }
  return (
    <Dialog
      title="Keys"
      onClose={onClose}
      footer={
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      }
    >
      <div className="key-list">
        {KEYS.map(([keys, does]) => (
          <div key={does} style={{ display: 'contents' }}>
            <span className="row">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </span>
            <span>{does}</span>
          </div>
        ))}
      </div>
      <label className="check">
        <input type="checkbox" checked={areOn} onChange={(event) => toggle(event.target.checked)} />
        Single keys do something
      </label>
    </Dialog>
  )
}
