import { expect, test } from 'bun:test'
import { Secret } from './secret.ts'
import { webhookHeaders, webhookKey } from './standard-webhook.ts'

test('a message is signed as the example of the specification’s libraries is', () => {
  const key = webhookKey(new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')) ?? new Uint8Array()
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atSeconds: 1_614_265_330,
    body: '{"test": 2432232314}',
  }
  expect(webhookHeaders(message, key)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test.each(['', 'plain', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_*** not base64 ***', `whsec_${'A'.repeat(100)}`])(
  '%p is no secret of the standard',
  (text) => {
    expect(webhookKey(new Secret(text))).toBeUndefined()
  },
)
