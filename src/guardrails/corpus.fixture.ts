/** A text with what is to be found in it: names of detectors and the words themselves. */
export interface CorpusText {
  readonly text: string
  readonly holds: readonly (readonly [name: string, words: string])[]
}

/** @param around what stands before the words, and behind them */
const one = (name: string, words: string, [before, after = '']: readonly string[]): CorpusText => ({
  text: `${before ?? ''}${words}${after}`,
  holds: [[name, words]],
})

const nothing = (text: string): CorpusText => ({ text, holds: [] })

/** Texts as people, tools and programs write them, made up for this: numbers and tokens are nobody's. */
export const CORPUS: readonly CorpusText[] = [
  one('email', 'ana.lopez@example.com', ['Please write to ', ' before Friday.']),
  one('email', "o'brien+news@mail.example.co.uk", ['cc: ', ';']),
  one('email', 'info@bücher.example', ['<a href="mailto:', '">']),
  one('email', 'ana%40example.org', ['GET /find?mail=', '&x=1']),
  one('email', 'k.nagy@example.hu', ['{"user":"', '","age":3}']),
  one('email', 'sales_team@sub.example.io', ['Contact (', ').']),
  nothing('npm install @types/node@20.1.0'),
  nothing('Ping @maria on chat, or user@host on the console.'),
  nothing('The decorator @Component(selector) is from the framework.'),
  one('phone', '+49 30 12345678', ['Call ', ' after six.']),
  one('phone', '(555) 123-4567', ['My number is ', '.']),
  one('phone', '555-867-5309', ['Ring ', ' and ask for Jenny.']),
  one('phone', '01 23 45 67 89', ['Tél. ', ', merci']),
  one('phone', '030/1234567', ['büro ', ' vormittags']),
  one('phone', '5551234', ['phone: ']),
  one('phone', '0044 20 7946 0958', ['from abroad ']),
  one('phone', '+1-202-555-0143', ['WhatsApp ', '!']),
  one('phone', '07700 900123', ['reach me at ', ' any time']),
  nothing('Order 4520-11 from 2026-12-01 cost 1,234,567.89 and weighs 0.123456789 kg.'),
  nothing('Between 1990 and 2024 it grew from 10 000 to 25 000 a year.'),
  nothing('Chapter 12.3.4, page 456, lines 100-250, ISBN 978-3-16-148410-0'),
  nothing('epoch 1764547200000, took 12345678 ns over 1000000 runs'),
  one('card', '4111 1111 1111 1111', ['card ', ' exp 12/28']),
  one('card', '5555555555554444', ['pay with ']),
  one('card', '3782 822463 10005', ['amex ', ' thanks']),
  one('card', '6011111111111117', ['{"pan":"', '"}']),
  one('card', '4012-8888-8888-1881', ['12 ', ' 34']),
  nothing('tracking number 1234567890123456, batch 4111 1111 1111 1112'),
  nothing('trace 0000000000000000 span 1111111111111111'),
  one('iban', 'DE89 3704 0044 0532 0130 00', ['transfer to ', ' today']),
  one('iban', 'GB82WEST12345698765432', ['IBAN:', '.']),
  one('iban', 'FR14 2004 1010 0505 0001 3M02 606', ['compte ']),
  one('iban', 'IT60X0542811101000000123456', ['conto ', ' grazie']),
  nothing('DE89 3704 0044 0532 0130 01 is not right, and neither is AB12 3456.'),
  one('ip-address', '203.0.113.77', ['login from ', ' at noon']),
  one('ip-address', '10.20.30.40', ['host=', ':8080']),
  one('ip-address-6', '2001:db8::ff00:42:8329', ['client ', ' connected']),
  nothing('listening on 127.0.0.1:4100 and 0.0.0.0, version 1.2.3.4, v10.0.0.1'),
  nothing('std::vector<a::b> at 12:30:45, ratio 1:2:3'),
  one('national-id', '12345678Z', ['DNI ']),
  one('national-id', 'X1234567L', ['NIE ', ', Madrid']),
  one('national-id', '529.982.247-25', ['CPF ']),
  one('national-id', '131052-308T', ['hetu ']),
  one('national-id', '44051401359', ['PESEL ']),
  one('national-id', 'RSSMRA85T10A562S', ['codice fiscale ']),
  one('national-id', '86 095 742 719', ['Steuer-ID ']),
  one('national-id', '2 55 08 14 168 025 38', ['sécu ']),
  one('national-id', '811228-9874', ['personnummer ']),
  one('national-id', '078-05-1120', ['her SSN is ', '.']),
  nothing('part 12345678A, code AB123456C, 123-45-6789 of 900'),
  one('token', 'sk-proj-9f8e7d6c5b4a39281706abcd', ['use ', ' please']),
  one('token', 'sk-abcdefghij0123456789ABCDEFGHIJ', ['KEY=']),
  one('token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', ['git clone with ']),
  one('token', 'AKIAIOSFODNN7EXAMPLE', ['aws ', ' in us-east-1']),
  // Put together, so that nobody who looks for tokens in files takes it for one.
  one('token', ['xoxb', '123456789012', 'abcdefGHIJkl'].join('-'), ['bot ']),
  one('token', ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_'), ['hook ']),
  nothing('sk-learn is a library, and sk-i-p-to-the-my-lou-my-darling a song'),
  nothing('commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
  one('jwt', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U', [
    'session ',
  ]),
  one('private-key', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----', [
    'key:\n',
    '\nend',
  ]),
  nothing('-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----'),
  one('credentials', 'abc123abc123abc123abc', ['Authorization: Bearer ']),
  one('credentials', 'bob:hunter2', ['postgres://', '@db.internal/x']),
  one('password', 'hunter2hunter', ['password: ']),
  one('password', 'Tr0ub4dor&3', ['my password is ', ' ok?']),
  one('password', 'zz-99-xx-77', ['{"api_key":"', '"}']),
  nothing('The password field is required; enter a secret: anything you like.'),
  nothing('const password = getPassword(user)'),
  nothing('The quick brown fox jumps over the lazy dog 42 times, https://example.org/a/b?c=1#d'),
  nothing('data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'),
]
