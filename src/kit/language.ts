import { countLetters, withoutCode, type Script } from './scripts.ts'

/** Languages that are told from each other, by their codes (ISO 639-1). */
export const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'pt',
  'it',
  'nl',
  'sv',
  'da',
  'no',
  'fi',
  'pl',
  'cs',
  'ro',
  'hu',
  'tr',
  'id',
  'vi',
  'ru',
  'uk',
  'bg',
  'el',
  'ar',
  'fa',
  'he',
  'hi',
  'th',
  'zh',
  'ja',
  'ko',
] as const

export type Language = (typeof LANGUAGES)[number]

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** Words that stand in nearly every text of a language that is written in Latin letters, and hardly in others. */
const WORDS: ReadonlyMap<Language, ReadonlySet<string>> = new Map([
  [
    'en',
    list(
      'the and of to is are was were that this with for you your have has from not be been will would can could should they which there what when how please it he she we our their about into than then if or on at by as do does',
    ),
  ],
  [
    'de',
    list(
      'der die das und ist nicht ein eine einen einem einer ich du wir sie es mit für auf von zu im den dem des auch wie was kann wird werden sind haben hat noch nach bei bitte aber oder dass wenn mir mich uns sich zum zur als am aus',
    ),
  ],
  [
    'fr',
    list(
      "le les des et est une dans pour que qui sur pas avec ce cette vous nous je il elle sont du au aux par plus mais comme ou où être avoir fait votre notre mon leur s'il c'est n'est d'un d'une qu'il très aussi",
    ),
  ],
  [
    'es',
    list(
      'el los las y es una para que con por no se su como más pero está este esta son del al lo me le mi tu usted muy también hay fue ser tiene puede cuando donde qué cómo sobre hasta desde unos nos',
    ),
  ],
  [
    'pt',
    list(
      'o os as e é uma um para que com por não se seu sua como mais mas está este esta são do da dos das ao em no na nos nas você eu ele ela muito também há foi ser tem pode quando onde isso até meu minha pelo pela',
    ),
  ],
  [
    'it',
    list(
      "il gli e è una un per che con non si di del della dei delle nel nella sono come più ma questo questa lo mi ti ci al alla da anche ho hai ha essere fare quando dove cosa perché molto o l'ho dell'anno c'è",
    ),
  ],
  [
    'nl',
    list(
      'de het een en is niet van ik je jij wij we zij met voor op te in dat die deze dit er aan om ook als maar bij naar uit kan kunnen wordt zijn hebben heeft was mijn ons hun graag wat hoe waar',
    ),
  ],
  [
    'sv',
    list(
      'och är inte en ett som att på för med av den det jag du vi de han hon har kan ska till från om men vad hur där här mycket också eller var när vill min din sig efter',
    ),
  ],
  [
    'da',
    list(
      'og er ikke en et som at på for med af den det jeg du vi de han hun har kan skal til fra om men hvad hvordan der her meget også eller var når vil min din sig efter hvor blev',
    ),
  ],
  [
    'no',
    list(
      'og er ikke en et som at på for med av den det jeg du vi de han hun har kan skal til fra om men hva hvordan der her mye også eller var når vil min din seg etter hvor ble',
    ),
  ],
  [
    'fi',
    list(
      'ja on ei että se hän minä sinä me te he ovat oli kuin mutta myös kun jos niin tämä tai joka mitä miten missä voi ole olen sen siitä mukaan vain nyt kanssa',
    ),
  ],
  [
    'pl',
    list(
      'i w nie jest się na że z do to jak ale co o za po czy są był była być dla przez od tak już mnie jego jej ich ten ta który która które może proszę',
    ),
  ],
  [
    'cs',
    list(
      'a v je se na že z do to jak ale co o za po jsou byl byla být pro od tak už mě jeho její jejich ten ta který která které může prosím není také nebo když jsem',
    ),
  ],
  [
    'ro',
    list(
      'și în este nu la cu de pe că un o din pentru care mai dar sunt a fost fi am ai are ce cum unde când sau dacă lui ei lor acest această vă rog foarte',
    ),
  ],
  [
    'hu',
    list(
      'a az és hogy nem van egy is de ez azt meg mint csak ha már vagy volt én te mi ők lehet kell nagyon miért hol hogyan kérem ki be el fel',
    ),
  ],
  [
    'tr',
    list(
      've bir bu için ile de da ne var yok çok ama gibi daha olan olarak ben sen biz siz o mi mı değil nasıl nerede lütfen kadar sonra şey her en ki',
    ),
  ],
  [
    'id',
    list(
      'dan yang di ini itu untuk dengan tidak dari pada adalah saya anda kami kita mereka akan bisa dapat juga ada atau oleh karena seperti sudah apa bagaimana tolong ke dalam',
    ),
  ],
  [
    'vi',
    list(
      'và là của có không được cho một những các này đó tôi bạn chúng với trong đã sẽ thì ở như khi nào gì rất cũng người để',
    ),
  ],
])

/** What says which of several languages in one script it is. */
const CYRILLIC = /[ыэё]/iu
const UKRAINIAN = /[іїєґ]/iu
const PERSIAN = /[پچژگکی]/u
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu
const HANGUL = /\p{Script=Hangul}/gu
const HAN = /\p{Script=Han}/gu
const BULGARIAN = /ъ/giu

/** Letters that it takes to say something, and how many of them have to be in one script. */
const LEAST_LETTERS = 24
const CLEAR = 0.7
const MOST_CHARACTERS = 20_000
/** Of the words of a text so many are those of its language, and so many more than those of any other. */
const LEAST_WORDS = 3
const LEAST_SHARE = 0.12
const AHEAD = 1.3
const ALIKE_AHEAD = 1.05

/** The language of a text; undefined where it is too short, mixed, or none that is known. Fences of code are left out. */
export function languageOf(text: string): Language | undefined {
  const said = withoutCode(text.slice(0, MOST_CHARACTERS))
  const letters = countLetters(said)
  const isClear = (script: Script): boolean => letters.shareOf(script) >= CLEAR
  // A character of Chinese says as much as a word.
  if (isClear('east-asian')) return letters.all * 3 >= LEAST_LETTERS ? eastAsian(said) : undefined
  if (letters.all < LEAST_LETTERS) return undefined
  if (isClear('latin')) return latin(said)
  if (isClear('cyrillic')) return cyrillic(said)
  if (isClear('arabic')) return PERSIAN.test(said) ? 'fa' : 'ar'
  if (isClear('greek')) return 'el'
  if (isClear('hebrew')) return 'he'
  if (isClear('devanagari')) return 'hi'
  return isClear('thai') ? 'th' : undefined
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function eastAsian(text: string): Language {
  const kana = count(text, KANA)
  const hangul = count(text, HANGUL)
  const han = count(text, HAN)
  if (hangul > kana + han) return 'ko'
  return kana * 10 > han ? 'ja' : 'zh'
}

function cyrillic(text: string): Language | undefined {
  if (UKRAINIAN.test(text)) return 'uk'
  if (CYRILLIC.test(text)) return 'ru'
  return count(text, BULGARIAN) >= 2 ? 'bg' : undefined
}

function latin(text: string): Language | undefined {
  const words =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}'’]+/gu) ?? []
  const scores = Array.from(WORDS, ([language, known]) => ({
    language,
    hits: words.reduce((sum, word) => sum + (known.has(word.replaceAll('’', "'")) ? 1 : 0), 0),
  })).toSorted((left, right) => right.hits - left.hits)
  const [best, second] = scores
  if (best === undefined || best.hits < LEAST_WORDS || best.hits < LEAST_SHARE * words.length)
    return undefined
  const ahead = second !== undefined && areAlike(best.language, second.language) ? ALIKE_AHEAD : AHEAD
  return best.hits >= ahead * (second?.hits ?? 0) ? best.language : undefined
}

/** Danish and Norwegian are written nearly alike. */
function areAlike(one: Language, other: Language): boolean {
  return ['da', 'no'].includes(one) && ['da', 'no'].includes(other)
}
