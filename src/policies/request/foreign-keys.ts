/** How keys of model providers begin, as their documentation shows them; longest first where one contains another. */
const FOREIGN_PREFIXES: readonly string[] = [
  'sk-',
  'sk_',
  'gsk_',
  'AIza',
  'xai-',
  'hf_',
  'pplx-',
  'nvapi-',
  'r8_',
  'csk-',
  'fw_',
  'tgp_',
  'AKIA',
  'ABSK',
]

/** True for text that looks like a key of a provider: sent here by mistake, and not to be sent on. */
export function isForeignKey(text: string): boolean {
  return FOREIGN_PREFIXES.some((prefix) => text.startsWith(prefix))
}
