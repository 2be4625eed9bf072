import { createSeededRandom } from '../kit/random.ts'
import type { CorpusText } from './corpus.fixture.ts'

/**
 * Texts drawn by the rules by which numbers and keys are made, written down apart from the detectors, in sentences of several languages;
 * and near misses. The same seed gives the same texts.
 */
export function drawCorpus(seed: number): readonly CorpusText[] {
  const draw = new Drawing(seed)
  return [...draw.positives(), ...draw.nearMisses()]
}

const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LETTERS = `${UPPER}${UPPER.toLowerCase()}${DIGITS}`
const HEX = '0123456789abcdef'
const EACH = 25

// Put together where they are drawn, so that nobody who looks for tokens in files takes them for some.
const TOKENS = [
  ['glpat', '-', 20],
  ['sk', '-', 40],
  ['AIza', '', 35],
  ['xoxb', '-', 40],
  ['sk_live', '_', 24],
  ['SG', '.', 66],
  ['hvs', '.', 90],
  ['figd', '_', 40],
  ['dckr_pat', '_', 27],
  ['github_pat', '_', 82],
  ['gh_live', '_', 40],
] as const
const HEX_TOKENS = [
  ['dop_v1', '_', 64],
  ['shpat', '_', 32],
  ['rubygems', '_', 48],
] as const

const SENTENCES = [
  ['Please check ', ' before Monday.'],
  ['{"value":"', '","ok":true}'],
  ['Bitte prüfen Sie ', ' bis Montag.'],
  ['Merci de vérifier ', ' avant lundi.'],
  ['Por favor, revise ', ' antes del lunes.'],
  ['確認してください: ', ' まで'],
  ['> ', '\n> thanks'],
  ['id,name\n', ',Smith'],
] as const

class Drawing {
  readonly #random: ReturnType<typeof createSeededRandom>

  constructor(seed: number) {
    this.#random = createSeededRandom(seed)
  }

  *positives(): Generator<CorpusText> {
    for (let round = 0; round < EACH; round += 1) {
      for (const [label, number] of this.#nationalIds()) yield this.#holding('national-id', number, label)
      for (const number of this.#cards()) yield this.#holding('card', number)
      for (const number of this.#accounts()) yield this.#holding('iban', number)
      for (const token of this.#tokens()) yield this.#holding('token', token)
      yield* this.#labelled()
      yield this.#holding(
        'email',
        `${this.#of('abcdefgh', 6)}.${this.#of('klmnop', 5)}@${this.#of('rstuvw', 7)}.example`,
      )
      yield this.#holding(
        'phone',
        `+${['1', '44', '49', '33', '81'][this.#below(5)]} ${this.#of('123456789', 3)} ${this.#of(DIGITS, 4)} ${this.#of(DIGITS, 3)}`,
      )
      yield this.#holding(
        'ip-address',
        `${11 + this.#below(180)}.${this.#below(255)}.${this.#below(255)}.${1 + this.#below(250)}`,
      )
      yield this.#holding(
        'ip-address-6',
        `2001:db8:${this.#of('123456789abcdef', 4)}::${this.#of('123456789', 4)}`,
      )
      yield this.#holding('jwt', this.#jwt())
      yield this.#holding('private-key', this.#pem())
      yield this.#holding('credentials', this.#of(LETTERS, 32), 'Authorization: Bearer ')
      yield this.#holding('password', `${this.#of(LETTERS, 9)}!7`, 'password: ')
    }
  }

  *nearMisses(): Generator<CorpusText> {
    for (let round = 0; round < EACH; round += 1)
      for (const text of [
        ...this.#brokenNumbers(),
        this.#uuid(),
        this.#of(HEX, 40),
        this.#of(HEX, 64),
        `v${this.#below(20)}.${this.#below(30)}.${this.#below(99)}-beta.${this.#below(9)}`,
        `2026-${this.#two(12)}-${this.#two(28)}T${this.#two(23)}:${this.#two(59)}:00Z`,
        `${this.#below(90)}.${this.#of(DIGITS, 6)}, -${this.#below(180)}.${this.#of(DIGITS, 6)}`,
        `score 0.${this.#of(DIGITS, 16)}, ${this.#below(9)}.4${this.#of(DIGITS, 15)}, 0,5${this.#of(DIGITS, 14)}`,
        `order ${this.#of('123456789', 1)}${this.#of(DIGITS, 7)}`,
        `invoice INV-2026-${this.#of(DIGITS, 6)}`,
        `ticket #${this.#of(DIGITS, 9)} of batch ${this.#of(DIGITS, 10)}`,
        `sha256-${this.#of(LETTERS, 43)}=`,
        ...[...this.#checkedTokens()].map(broken),
        `the token was dropped in commit ${this.#of(HEX, 40)}`,
        `"tokens": { "integrity": "sha512-${this.#of(LETTERS, 86)}==" }`,
        `credentials were asked for by request id ${this.#of(LETTERS, 20)}`,
        `see passwords_and_secrets_of_${this.#of('abcdefghij', 6)}_release_2026_${this.#below(12)}.md`,
        `sk-${this.#of('abcdefgh', 5)}-${this.#of('klmnopqr', 6)}-words`,
        `https://example.org/${this.#of(LETTERS, 22)}?page=${this.#below(99)}`,
        `tracking ${this.#of(UPPER, 2)}${this.#of(DIGITS, 9)}${this.#of(UPPER, 2)}`,
        `-----BEGIN CERTIFICATE-----\n${this.#of(LETTERS, 64)}\n-----END CERTIFICATE-----`,
        'the secret is to begin early, and the password is required',
      ])
        yield { text: this.#around(text), holds: [] }
  }

  #holding(name: string, words: string, label = ''): CorpusText {
    return { text: this.#around(`${label}${words}`), holds: [[name, words]] }
  }

  #around(words: string): string {
    const [before = '', after = ''] = SENTENCES[this.#below(SENTENCES.length)] ?? []
    return `${before}${words}${after}`
  }

  /** By the rules of each country; a label where the number alone is not told from any other. */
  *#nationalIds(): Generator<readonly [string, string]> {
    const day = this.#two(28)
    const month = this.#two(12)
    const year = `7${this.#below(10)}`
    const pesel = `${year}${month}${day}${this.#of(DIGITS, 4)}`
    yield ['PESEL ', this.#completed(pesel, (all) => sum(all, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0)]
    const dni = this.#of(DIGITS, 8)
    yield ['DNI ', `${dni}${'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(dni) % 23)}`]
    const hetu = `${day}${month}${year}`
    const serial = this.#of('123456789', 3)
    yield ['', `${hetu}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(Number(hetu + serial) % 31)}`]
    const nir = `1${year}${month}75${this.#of(DIGITS, 6)}`
    yield ['', `${nir}${String(97 - Number(BigInt(nir) % 97n)).padStart(2, '0')}`]
    const belgian = `${year}${month}${day}${this.#of(DIGITS, 3)}`
    yield ['', `${belgian}${String(97 - (Number(belgian) % 97)).padStart(2, '0')}`]
    const swiss = `756${this.#of(DIGITS, 9)}`
    yield ['', this.#completed(swiss, (all) => sum(all, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0)]
    const chinese = `110105${1950 + this.#below(50)}${month}${day}${this.#of(DIGITS, 3)}`
    const rest = sum(chinese, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11
    yield ['', `${chinese}${'10X98765432'.charAt(rest)}`]
    yield ['', this.#completed(`${year}${month}${day}${this.#of(DIGITS, 4)}08`, luhn)]
    const swedish = this.#completed(`${year}${month}${day}${this.#of(DIGITS, 3)}`, luhn)
    yield ['', `${swedish.slice(0, 6)}-${swedish.slice(6)}`]
    yield ['SIN ', this.#completed(`1${this.#of(DIGITS, 7)}`, luhn)]
    yield ['BSN ', this.#bsn()]
    yield ['', this.#cpf()]
  }

  #bsn(): string {
    for (;;) {
      const digits = this.#of(DIGITS, 8)
      const check = sum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
      if (check < 10) return `${digits}${check}`
    }
  }

  #cpf(): string {
    let digits = this.#of(DIGITS, 9)
    for (const length of [9, 10]) {
      const weights = Array.from({ length }, (_none, place) => length + 1 - place)
      const rest = sum(digits, weights) % 11
      digits += rest < 2 ? '0' : String(11 - rest)
    }
    return `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6, 9)}-${digits.slice(9)}`
  }

  *#cards(): Generator<string> {
    const visa = this.#completed(`4${this.#of(DIGITS, 14)}`, luhn)
    yield visa
    yield visa.replaceAll(/(\d{4})(?=\d)/g, '$1 ')
    yield this.#completed(`5${this.#of('12345', 1)}${this.#of(DIGITS, 13)}`, luhn)
    yield this.#completed(`37${this.#of(DIGITS, 12)}`, luhn)
  }

  *#accounts(): Generator<string> {
    for (const [country, length] of [
      ['DE', 18],
      ['FR', 23],
      ['NL', 14],
      ['NO', 11],
    ] as const) {
      const bank = country === 'NL' ? `INGB${this.#of(DIGITS, 10)}` : this.#of(DIGITS, length)
      const numbers = `${bank}${country}00`
        .split('')
        .map((one) => Number.parseInt(one, 36))
        .join('')
      const iban = `${country}${String(98n - (BigInt(numbers) % 97n)).padStart(2, '0')}${bank}`
      yield this.#below(2) === 0 ? iban : iban.replaceAll(/(.{4})(?=.)/g, '$1 ')
    }
  }

  *#tokens(): Generator<string> {
    for (const [prefix, joint, length] of TOKENS) yield `${prefix}${joint}${this.#of(LETTERS, length - 2)}A7`
    for (const [prefix, joint, length] of HEX_TOKENS) yield `${prefix}${joint}${this.#of(HEX, length - 2)}a7`
    yield `AKIA${this.#of(`${UPPER}234567`, 16)}`
    yield* this.#checkedTokens()
  }

  *#checkedTokens(): Generator<string> {
    for (const prefix of ['ghp', 'npm']) {
      const drawn = this.#of(LETTERS, 30)
      yield `${prefix}_${drawn}${checkOf(drawn)}`
    }
    const own = `gh_prod_${this.#of(LETTERS, 12)}_${this.#of(LETTERS, 43)}`
    yield `${own}_${checkOf(own)}`
  }

  /** Behind a word that says that it opens a door. */
  *#labelled(): Generator<CorpusText> {
    for (const label of [
      'token for production: ',
      'the signing key is ',
      'DB_PWD=',
      'session_cookie => ',
      'credentials ',
    ])
      for (const [characters, length] of [
        [LETTERS, 24],
        [HEX, 32],
        [`${LETTERS}-_`, 43],
      ] as const) {
        const value = this.#of(characters, length - 1) + this.#of(DIGITS, 1)
        yield this.#holding('entropy', value, label)
      }
  }

  #jwt(): string {
    const part = (value: string): string => btoa(value).replaceAll('=', '')
    const claims = part(`{"sub":"${this.#of(DIGITS, 8)}"}`)
    return `${part('{"alg":"HS256","typ":"JWT"}')}.${claims}.${this.#of(LETTERS, 43)}`
  }

  #pem(): string {
    const kind = ['', 'RSA ', 'EC ', 'OPENSSH '][this.#below(4)] ?? ''
    return `-----BEGIN ${kind}PRIVATE KEY-----\n${this.#of(LETTERS, 64)}\n-----END ${kind}PRIVATE KEY-----`
  }

  /** Numbers one digit of which is another one: none passes its check. */
  *#brokenNumbers(): Generator<string> {
    for (const number of [...this.#cards(), ...this.#accounts()]) yield broken(number)
    const [, , hetu, nir, belgian, swiss, chinese] = [...this.#nationalIds()]
    for (const one of [nir, belgian, swiss]) yield broken(one?.[1] ?? '')
    yield `${chinese?.[1].slice(0, 16)}${broken(chinese?.[1].slice(16, 17) ?? '')}${chinese?.[1].slice(17)}`
    yield `${hetu?.[1].slice(0, 9)}${broken(hetu?.[1].slice(9, 10) ?? '')}${hetu?.[1].slice(10)}`
  }

  #uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.#of(HEX, length)).join('-')
  }

  /** A number with the digit behind it that makes it right. */
  #completed(number: string, isRight: (all: string) => boolean): string {
    for (const digit of DIGITS) if (isRight(`${number}${digit}`)) return `${number}${digit}`
    throw new RangeError(number)
  }

  #two(most: number): string {
    return String(1 + this.#below(most)).padStart(2, '0')
  }

  #of(characters: string, length: number): string {
    return Array.from({ length }, () => characters.charAt(this.#below(characters.length))).join('')
  }

  #below(count: number): number {
    return Math.floor(this.#random.next() * count)
  }
}

/** The last six characters of many tokens: CRC-32 in base 62. */
function checkOf(drawn: string): string {
  const digits = `${DIGITS}${UPPER}${UPPER.toLowerCase()}`
  let check = ''
  for (let rest = Bun.hash.crc32(drawn); check.length < 6; rest = Math.floor(rest / 62))
    check = digits.charAt(rest % 62) + check
  return check
}

/** The same with another last digit. */
function broken(number: string): string {
  if (/\D$/.test(number)) return `${number.slice(0, -1)}${number.endsWith('x') ? 'y' : 'x'}`
  return `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`
}

function sum(digits: string, weights: readonly number[]): number {
  return weights.reduce((total, weight, place) => total + weight * Number(digits.charAt(place)), 0)
}

function luhn(digits: string): boolean {
  const reversed = digits.split('').reverse().map(Number)
  return (
    reversed.reduce(
      (total, digit, at) => total + (at % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2),
      0,
    ) %
      10 ===
    0
  )
}
