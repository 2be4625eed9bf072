import { KEY_PREFIX, parseKey } from '../exchange/virtual-key.ts'
import { crc32, toBase62 } from '../kit/hash.ts'
import { hasRandomPart } from './randomness.ts'

/** How tokens of a kind begin, and what says that what follows is the rest of one. */
export interface TokenForm {
  readonly prefix: string
  /** How many characters follow, at least. */
  readonly least: number
  /** Absent: where some part of it is no word. */
  isToken?(rest: string): boolean
}

/** Shortest tokens with their prefix. */
export const LEAST_TOKEN = 16

const all = (prefixes: readonly string[], form: Omit<TokenForm, 'prefix'>): readonly TokenForm[] =>
  prefixes.map((prefix) => ({ prefix, ...form }))

const CHECKED = /^([0-9A-Za-z]{30})([0-9A-Za-z]{6})(?![0-9A-Za-z])/
const CHECK_CHARACTERS = 6

/** Of 36 characters the last six are the CRC-32 of the others, in base 62; others have another form. */
function hasRightCheck(rest: string): boolean {
  const [, drawn, check] = CHECKED.exec(rest) ?? []
  if (drawn === undefined) return hasRandomPart(rest)
  return check === toBase62(crc32(drawn), CHECK_CHARACTERS)
}

const BEGINS_AS = (pattern: RegExp) => (rest: string) => pattern.test(rest)

const OWN_KEY = /^[a-z0-9]{1,16}_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/

/**
 * Tokens of services that are no providers of models: code hosting, chat, payments, mail, packages, clouds. Their forms are those that
 * the services publish for those who scan for them.
 */
export const SERVICE_TOKENS: readonly TokenForm[] = [
  // Code hosting.
  ...all(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], { least: 30, isToken: hasRightCheck }),
  { prefix: 'github_pat_', least: 40 },
  ...all(['glpat-', 'gldt-', 'glrt-', 'glft-', 'glsoat-', 'glffct-', 'glimt-', 'glagent-', 'gloas-'], {
    least: 18,
  }),
  ...all(['glcbt-', 'glptt-'], { least: 20 }),
  { prefix: 'GR1348941', least: 20 },
  ...all(['ATATT3', 'ATCTT3', 'ATBB'], { least: 24 }),
  // Chat.
  ...all(['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxe.', 'xapp-'], {
    least: 16,
  }),
  // Payments and shops.
  ...all(['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'sk_prod_', 'rk_prod_', 'whsec_'], { least: 16 }),
  ...all(['sq0atp-', 'sq0csp-'], { least: 22 }),
  ...all(['shpat_', 'shpca_', 'shppa_', 'shpss_'], { least: 32 }),
  // Mail and telephony.
  { prefix: 'SG.', least: 40 },
  { prefix: 'xkeysib-', least: 64 },
  { prefix: 'SK', least: 32, isToken: BEGINS_AS(/^[0-9a-f]{32}(?![0-9A-Za-z])/) },
  // Packages.
  { prefix: 'npm_', least: 30, isToken: hasRightCheck },
  { prefix: 'pypi-', least: 40 },
  { prefix: 'rubygems_', least: 40 },
  ...all(['dckr_pat_', 'dckr_oat_'], { least: 20 }),
  { prefix: 'oy2', least: 43, isToken: BEGINS_AS(/^[a-z0-9]{43}(?![0-9A-Za-z])/) },
  // Clouds and what runs in them.
  ...all(['AKIA', 'ASIA', 'ABIA', 'ACCA'], { least: 16, isToken: BEGINS_AS(/^[A-Z0-9]{16}(?![0-9A-Za-z])/) }),
  { prefix: 'ABSK', least: 80 },
  ...all(['dop_v1_', 'doo_v1_', 'dor_v1_'], { least: 40 }),
  { prefix: 'ya29.', least: 30 },
  { prefix: 'GOCSPX-', least: 24 },
  { prefix: 'LTAI', least: 16, isToken: BEGINS_AS(/^[A-Za-z0-9]{16,20}(?![0-9A-Za-z])/) },
  ...all(['hvs.', 'hvb.', 'hvr.'], { least: 24 }),
  ...all(['HRKU-AA', 'fo1_', 'tskey-', 'pul-', 'nfp_', 'sbp_', 'sb_secret_'], { least: 20 }),
  ...all(['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], { least: 32 }),
  { prefix: 'sha256~', least: 43 },
  { prefix: 'AGE-SECRET-KEY-1', least: 50, isToken: BEGINS_AS(/^[02-9A-Z]{50}/) },
  // What is watched, written and built with.
  ...all(['glsa_', 'glc_', 'sntrys_', 'sntryu_', 'NRAK-', 'dt0c01.', 'PMAK-'], { least: 24 }),
  ...all(['lin_api_', 'lin_oauth_', 'ntn_', 'figd_', 'dp.pt.', 'dp.st.', 'dp.ct.', 'rdme_', 'pnu_', 'sgp_'], {
    least: 30,
  }),
  ...all(['lsv2_pt_', 'lsv2_sk_', 'pcsk_', 'ops_eyJ', 'bkua_', 'api_org_'], { least: 30 }),
  // Keys of this gateway, also where they were not copied whole.
  ...all(['gh_live_', 'gh_test_'], { least: 20 }),
  {
    prefix: KEY_PREFIX,
    least: 65,
    isToken(rest) {
      const [key] = OWN_KEY.exec(rest) ?? []
      return key !== undefined && parseKey(KEY_PREFIX + key) !== undefined
    },
  },
]

/** Tokens that are known by their shape from one end to the other. */
export const TOKEN_SHAPES: readonly RegExp[] = [
  // Bots of chats, by the number of an account, a time and a signature.
  /^[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}$/,
  /^[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}$/,
  /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/,
  // Secrets of applications in a directory of a cloud.
  /^[\w.~-]{3}\dQ~[\w.~-]{31,34}$/,
]
