/** Client headers in which agents name a request, their session and their thread; they travel to providers that know them. */
export const AGENT_HEADERS = [
  'x-client-request-id',
  'idempotency-key',
  'originator',
  'session_id',
  'session-id',
  'conversation_id',
  'thread-id',
  'x-codex-*',
] as const
