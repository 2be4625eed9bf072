/*
 * What is known of English words for telling whether two questions are one. Whatever stands in none of these tables counts as it is
 * written: a word too few here costs a miss, a word too many may cost a wrong answer.
 */

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Words that say nothing of what is asked. Of auxiliaries only `to be` in the present. */
export const EMPTY_WORDS: ReadonlySet<string> = new Set(
  wordsOf(`
    the of
    really actually basically
  `),
)

export const NEGATIONS: ReadonlySet<string> = new Set(
  wordsOf(`
    not no never without none nobody nothing nowhere neither nor except excluding unless instead avoid stop prevent lack
    lacking hardly barely rarely seldom cannot fail fails failed refuse refuses denied missing less
  `),
)

/** What a question depends on when it is asked, or what it asks the time of. */
export const TIME_WORDS: ReadonlySet<string> = new Set(
  wordsOf(`
    today tonight tomorrow yesterday now currently current latest recent recently newest soon later earlier ago
    nowadays lately upcoming just already yet still anymore
    monday tuesday wednesday thursday friday saturday sunday weekday weekend
    january february april june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat
    morning noon afternoon evening night midnight
    hour minute day week month quarter year decade century hourly daily weekly biweekly monthly quarterly yearly annual annually
    before after until till since during while when by
    next last previous past future first final was were did had will been going ever always once twice
    am pm utc gmt est pst cet spring summer autumn fall winter
  `),
)

/** Auxiliaries that begin what is answered by yes or no. */
export const AUXILIARIES: ReadonlySet<string> = new Set(
  wordsOf(
    'is are am do does did was were can could will would shall should may might must has have had permitted',
  ),
)

export const QUESTION_WORDS: ReadonlySet<string> = new Set(
  wordsOf('how howto what who whom whose when where why which'),
)

/** Words that are names too, or names that are words: how they are written counts. */
export const TWO_FACED: ReadonlySet<string> = new Set(
  wordsOf(`
    us may who it polish turkey china aids apple amazon windows word excel access teams outlook java python go rust swift ruby
    march august mark bill will rose grace hope jordan chad georgia nice reading bath cork mobile orange
    sun mars mercury shell target gap visa square stripe slack zoom meta edge safari opera oracle
    catholic liberal democratic republican lent job general major china god lima pole dutch
  `),
)

export const NUMBER_WORDS: Readonly<Record<string, string>> = {
  zero: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  eleven: '11',
  twelve: '12',
  thirteen: '13',
  fourteen: '14',
  fifteen: '15',
  sixteen: '16',
  seventeen: '17',
  eighteen: '18',
  nineteen: '19',
  twenty: '20',
  thirty: '30',
  forty: '40',
  fifty: '50',
  sixty: '60',
  seventy: '70',
  eighty: '80',
  ninety: '90',
  hundred: '00',
  thousand: '000',
  million: '000000',
  billion: '000000000',
  half: '1/2',
  third: '3rd',
  second: '2nd',
  first: '1st',
  fourth: '4th',
  fifth: '5th',
  dozen: '12',
  double: 'x2',
  triple: 'x3',
  single: 'x1',
}

/** Words that mean the same wherever they stand, and one of them that stands for all. */
export const SAME_WORDS: ReadonlyMap<string, string> = sameWords(`
  email emails
  phone telephone phones telephones
  cancel cancels canceling cancelling cancellation cancelation
  buy buys buying purchase purchases purchasing
  photo photos photograph photographs
  film films movie movies
  car cars automobile automobiles
  doctor doctors physician physicians
  kid kids child children
  quickly rapidly
  do does
  is are am
  a an
  begin begins start starts beginning starting
  repair repairs repairing
  fix fixes fixing
  price prices
  cost costs
  meaning definition
  difference differences differ differs
  tv television televisions tvs
  app apps
  reset resets resetting
  change changes changing
  modify modifies modifying alter alters altering
  update updates updating
  delete deletes deleting
  remove removes removing
  create creates creating
  make makes making
  add adds adding
  install installs installing
  connect connects connecting
  download downloads downloading
  upload uploads uploading
  convert converts converting
  find finds finding locate locates locating
  get gets getting
  obtain obtains obtaining
  use uses using
  cook cooks cooking
  clean cleans cleaning
  grow grows growing
  write writes writing
  learn learns learning
  login logon signin
  signup register registers registering
  contact contacts contacting
  select selects selecting choose chooses choosing
  enable enables enabling activate activates activating
  disable disables disabling deactivate deactivates deactivating
  permitted allowed
  what which
  error errors
  needed required
  quit exit
  happen happens happening occur occurs occurring
`)

/** Those among them that are done: `a download` is another thing than `downloading`. */
export const VERBS: ReadonlySet<string> = new Set(
  [...SAME_WORDS].flatMap(([word, same]) => (word !== 'meaning' && word.endsWith('ing') ? [same] : [])),
)

function sameWords(lines: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of lines.trim().split('\n')) {
    const [first = '', ...others] = wordsOf(line)
    for (const word of [first, ...others]) found.set(word, first)
  }
  return found
}

/** Two words of which one turns the question round; by either of them, the other. They name why two questions are two. */
export const OPPOSITES: ReadonlyMap<string, ReadonlySet<string>> = oppositesOf(`
  increase decrease | increase reduce | raise lower | rise fall | more less | more fewer | most least | maximum minimum | max min
  high low | higher lower | highest lowest | before after | start end | start stop | first last | next previous | allow deny
  allow forbid | allow block | permit forbid | accept reject | approve reject | include exclude | enable disable | open close
  open closed | lock unlock | buy sell | send receive | import export | upload download | add remove | add subtract | create delete
  install uninstall | connect disconnect | login logout | from to | into out | up down | in out | over under | above below
  inside outside | hot cold | big small | fast slow | long short | old new | older newer | oldest newest | best worst | better worse
  good bad | safe dangerous | legal illegal | possible impossible | safe unsafe | win lose | gain lose | profit loss | credit debit
  deposit withdraw | borrow lend | push pull | encode decode | encrypt decrypt | compress decompress | ascending descending
  forward backward | left right | horizontal vertical | public private | internal external | input output | client server
  male female | mother father | husband wife | employer employee | buyer seller | tenant landlord | teacher student | parent child
  north south | east west | northern southern | eastern western | mandatory optional | required optional | true false | yes no
  positive negative | even odd | all none | all some | always never | active inactive | online offline | wet dry | full empty
  early late | earlier later | love hate | strong weak | hard soft | hard easy | easy difficult | rich poor | young old | wide narrow
  thick thin | heavy light | major minor | senior junior | gross net | pre post | with without | benefit risk | advantage disadvantage
  pro con | cause prevent | lend borrow | attach detach | expand collapse | show hide | mute unmute | freeze thaw | boil freeze
  inhale exhale | arrive depart | arrival departure | entrance exit | enter exit | hire fire | upgrade downgrade | inbound outbound
  inbox outbox | gross net | hypertension hypotension | acid base | synchronous asynchronous | plus minus | multiply divide
`)

function oppositesOf(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const add = (one: string, other: string): void => {
    const known = found.get(one) ?? new Set()
    found.set(one, known.add(other))
  }
  for (const pair of text.split(/[|\n]/)) {
    const [one = '', other = ''] = wordsOf(pair)
    if (other === '') continue
    add(one, other)
    add(other, one)
  }
  return found
}

/** Plurals that mean something else than their singular. */
export const OWN_PLURALS: ReadonlySet<string> = new Set(
  wordsOf(`
    news customs goods arms glasses savings spirits manners premises contents sales earnings works minutes irons damages
    stocks securities options futures forces grounds letters colors colours quarters species series basics physics economics politics
    mathematics statistics ethics always perhaps thus
    means pants shorts jeans stairs thanks apples bonds
  `),
)

/** Words that only English has among the languages that share its letters; what shows that a text is English. */
export const ENGLISH_SIGNS: ReadonlySet<string> = new Set(
  wordsOf(`
    the what how are does my your of and why when where who which can should is it please explain describe define with from
    this that i you they he she would could have has there their was were will not an or if between
  `),
)

/** Words that show that a text with the same letters is in another language. */
export const FOREIGN_SIGNS: ReadonlySet<string> = new Set(
  wordsOf(`
    der das und ist nicht ein eine wie ich sie mein kann für mit auf von wo warum
    le la les est une je vous mon ma comment pourquoi quel quelle quels où dans pour avec sur du
    el los las es un una mi cómo como qué que por para con cuál dónde del está
    il lo gli che per perché mio di sono è della
    het een niet de ik hoe mijn wat waarom voor
    o os um uma meu minha não você como qual
    och att jag hur min är det som på av
    jak jest nie czy mój się
  `),
)
