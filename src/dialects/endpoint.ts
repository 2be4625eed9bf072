/**
 * Where clients reach an operation, as method and pattern: `POST /v1beta/models/{+model}:streamGenerateContent`. A parameter
 * `{name}` is one segment of the path or a part of one; `{+name}` may hold slashes, as names of models do (RFC 6570, 3.2.3).
 */
export type Endpoint = `${'GET' | 'POST' | 'DELETE'} /${string}`
