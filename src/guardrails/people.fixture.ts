import { createSeededRandom } from '../kit/random.ts'
import type { CorpusText } from './corpus.fixture.ts'

const person = (words: string, before: string, after = ''): CorpusText => ({
  text: before + words + after,
  holds: [['person-name', words]],
})
const address = (words: string, before: string, after = ''): CorpusText => ({
  text: before + words + after,
  holds: [['postal-address', words]],
})
const nothing = (text: string): CorpusText => ({ text, holds: [] })

/** Names of people and postal addresses as they stand in letters, tickets and notes, made up; and what looks like them. */
export const PEOPLE: readonly CorpusText[] = [
  person('Anna Müller', 'The contract was signed by ', ' in March.'),
  person('Priya Raghunathan', 'My name is ', ' and I need help with my order.'),
  person('Okonkwo', 'Please ask Mr ', ' about the delivery.'),
  person('Jean-Pierre Lefèvre', "Je m'appelle ", ' et je voudrais une facture.'),
  person('Schmidt', 'Sehr geehrte Frau ', ',\nvielen Dank für Ihre Nachricht.'),
  person('Wei Zhang', 'customer: ', '\norder: late'),
  person('Tomasz Kowalczyk', 'Assigned to ', ' since Tuesday.'),
  person('Maria del Carmen Ruiz', 'La paciente ', ' tiene cita mañana.'),
  person('Giulia Bianchi', 'Mi chiamo ', ', abito a Torino.'),
  person('Lars', 'Hi ', ',\ncould you look at this?'),
  person('Shirin', 'Dear ', ',\nthank you for the photos.'),
  person('Nguyen', 'Dr. ', ' will see you now.'),
  person('Sanne de Vries', 'Met vriendelijke groeten\n', '\n'),
  person('John Q. Public', 'Wire it to ', ', please.'),
  person('Fatima El Amrani', 'spoke to ', ' about the leak'),
  person('Klaus', 'Ich bin ', ' und wohne in Bonn.'),
  person('Yuki Tanaka', 'Best regards,\n', '\nSales'),
  person('Ludwig van Beethoven', 'a sonata by ', ' was played'),
  person('Ijeoma Uche', 'The caller said that her name was ', '.'),
  person('Krzysztof', 'name: ', ', age: 40'),
  person('Hernández', 'Señora ', ' llamará el lunes.'),
  person('Abimbola', 'the son of Abimbola met ', ' yesterday'),
  person('Xiuying', 'I gave the keys to ', ' at noon.'),
  person('bob smith', 'this is ', ' speaking, no capitals as you see'),
  nothing('Dear Sir or Madam,\nwe write about the account.'),
  nothing('Dear Customer,\nyour parcel is late.'),
  nothing('Hi Team,\nthe release is out.'),
  nothing('Hello World, said the first program.'),
  nothing('The Martin Hotel in Santa Barbara has a pool.'),
  nothing('San Francisco, New York and Los Angeles are far apart.'),
  nothing('Best regards,\nThe Support Team\n'),
  nothing('Johns Hopkins University and Wells Fargo Bank signed a contract.'),
  nothing('Ernst Young audits Rolls Royce and Marks Spencer.'),
  nothing('Mr Fix-it is an app. Dr Pepper is a drink.'),
  nothing('The Charles Bridge and the St. Peter Church are old.'),
  nothing('Python and Ruby are languages; Jenkins builds them on Kubernetes.'),
  nothing('Visual Studio Code opens Markdown files. See the User Guide.'),
  nothing('Thank you for Your Order. Total: Ten Dollars.'),
  nothing('Am Montag trifft sich der Vorstand der Deutschen Bahn in Frankfurt.'),
  nothing('La Banque de France et le Musée du Louvre sont à Paris.'),
  nothing('My name is on the list, and so is yours.'),
  nothing('I am Certain that This Title Is In Capitals.'),
  nothing('name: Backup Server\nstatus: ok'),
  nothing('Regards,\n\nsent from a telephone'),
  nothing('Victoria Falls and Alice Springs are popular with tourists.'),
  nothing('The George Washington Bridge was closed in January.'),
  nothing('Sonata in A Minor, Opus Twelve, Andante Cantabile'),
  nothing('Contact: Human Resources, Building Four'),
  nothing('Paul Smith shirts and Ralph Lauren shoes are on sale.'),
  nothing('The Diana Ross Tour comes to town, and the Robert Bosch GmbH pays for it.'),
  nothing('Hannah Arendt Institut and Konrad Adenauer Stiftung publish a study.'),
  address('1600 Amphitheatre Parkway, Mountain View, CA 94043', 'ship to ', ' please'),
  address('221B Baker Street, London NW1 6XE', 'He lives at ', '.'),
  address('12 Main St., Apt 4B, Springfield, IL 62704', 'Address: ', ''),
  address('Hauptstraße 12a, 10827 Berlin', 'Ich wohne in der ', '.'),
  address('Lindenweg 7', 'Die Lieferung geht an ', ', Hinterhaus.'),
  address('Berliner Allee 45\n40212 Düsseldorf', 'Anschrift:\n', '\nDeutschland'),
  address('14 bis, rue de la République, 69002 Lyon', "J'habite au ", '.'),
  address("3 avenue de l'Opéra, 75001 Paris", 'Livraison: ', ''),
  address('Calle de Alcalá, 50, 28014 Madrid', 'Vivo en ', '.'),
  address('Avda. Diagonal 211, 08018 Barcelona', 'Dirección: ', ''),
  address('Via Giuseppe Garibaldi 18, 20121 Milano', 'Abito in ', ''),
  address('Piazza del Duomo 1, 50122 Firenze', 'Ufficio: ', ''),
  address('Keizersgracht 174, 1016 DW Amsterdam', 'Bezoekadres: ', '.'),
  address('Stationsplein 9', 'Wij zitten op ', '.'),
  address('42 High Street, Oxford OX1 4BH', 'Send the cheque to ', ' today'),
  address('7 The Crescent', 'My aunt lives at ', ' by the sea.'),
  address('PO Box 1187, Boise, ID 83701', 'Mail it to ', ''),
  address('Rosengasse, Haus Nummer neun', 'Ich wohne in der ', ', Dorf'),
  nothing('Chapter 12 The Road to Nowhere, page 45'),
  nothing('We drove 12 miles along Main Street.'),
  nothing('In 1999 Wall Street fell by 3 percent.'),
  nothing('Das ist ein Weg 3 Mal so lang.'),
  nothing('Platz 3 geht an das Team aus Ulm.'),
  nothing('Der Ring 2 aus Gold kostet 300 Euro.'),
  nothing('5 Star Drive Thru, open 24 hours'),
  nothing('Windows 11 Way of Working'),
  nothing('Room 101, Floor 3, Seat 12A'),
  nothing('via email 2 days ago; via Zoom 3 times'),
  nothing('La rue est longue de 300 mètres, place 4 personnes.'),
  nothing('Route 66 is a road, and Via 2 a train.'),
  nothing('10 Downing is on TV at 8 St Patrick celebrates.'),
  nothing('Apollo 11 Place in history: 1969'),
]

const EACH = 120
const GIVEN =
  'Anna Thomas Sofia Mehmet Claire Javier Emily Oleg Ingrid Marco Chinedu Saoirse Bronisława Tuan Kwame Leocadia Siobhan Ottilie Ravi Zeynep James Julia Peter Nora'.split(
    ' ',
  )
const SURNAMES =
  'Lindqvist Okafor Petrov Weber Martinez Rossi Novak Dubois Janssen Silva Kaya Murphy Haddad Tran Brown Fischer Costa Larsen Kowalska Singh'.split(
    ' ',
  )
const AROUND = [
  ['The ticket was opened by ', ' on Monday.'],
  ['Please forward this to ', ' in accounting.'],
  ['', ' called twice about the invoice.'],
  ['customer: ', '\nstatus: open'],
  ['Mit freundlichen Grüßen\n', '\n'],
  ['My name is ', ', and I have a question.'],
  ['participants: the lawyer, ', ', the clerk'],
  ['"assignee": "', '"'],
] as const
const STREETS = [
  [
    'Gartenstraße {n}, {p} Ulm',
    'Goethestr. {n}, {p} Bremen',
    'Am Markt {n}, {p} Jena',
    'Schillerplatz {n}, {p} Bad Homburg',
  ],
  [
    '{n} Maple Avenue, Dayton, OH {p}',
    '{n} W. Oak St, Suite 4, Reno, NV {p}',
    '{n} Sunset Blvd, Tampa, FL {p}',
    '{n} Broadway, New York, NY {p}',
  ],
  [
    '{n} Church Lane, Leeds LS1 4AP',
    '{n} Victoria Road, Hull HU5 2DN',
    '{n} Kings Court, York YO1 9TL',
    '{n} Ealing Green, London W5 5EP',
  ],
  [
    '{n} rue du Moulin, {p} Nantes',
    '{n}, boulevard Voltaire, {p} Lille',
    '{n} chemin des Vignes, {p} Dijon',
    '{n} lotissement Bellevue, {p} Tours',
  ],
  [
    'Calle Mayor {n}, {p} Burgos',
    'Plaza de España, {n}, {p} Sevilla',
    'Via Roma {n}, {p} Pisa',
    'Corso Vittorio Emanuele {n}, {p} Bari',
  ],
  [
    'Dorpsstraat {n}, 3811 AB Amersfoort',
    'Prinsengracht {n}, 1015 DX Amsterdam',
    'Kerkplein {n}, 7411 GP Deventer',
    'Achterom {n}, 2611 PL Delft',
  ],
].flat()
const ADDRESSES_AROUND = [
  ['Send it to ', ', please.'],
  ['Address: ', '\nPhone: none'],
  ['{"address":"', '"}'],
  ['We moved to ', ' last year.'],
] as const
const OTHERS = [
  'Acme Tower',
  'Blue Lagoon',
  'North Station',
  'Red Rock Canyon',
  'Open Source Summit',
  'Cloud Native Day',
  'Green New Deal',
  'Silicon Valley',
  'Data Science Team',
  'Black Forest',
  'Grand Hotel',
  'Sales Force',
  'Quality Gate',
  'Final Report',
  'Golden Retriever',
] as const
const SENTENCES = [
  'We met at {x} at {n} sharp.',
  '{x} had {n} visitors in {p}.',
  'Order {p} of {x}, {n} pieces',
  'Der Bericht über {x} hat {n} Seiten.',
  '{x} is number {n} on the list of {p} entries.',
  'Version {n} of {x} fixes issue {p}.',
] as const

/** Names and addresses put together by chance, some of whose words no list has, and sentences without any. */
export function drawPeople(seed: number): readonly CorpusText[] {
  const random = createSeededRandom(seed)
  const one = <One>(list: readonly [One, ...One[]] | readonly One[]): One => {
    const found = list[Math.floor(random.next() * list.length)]
    if (found === undefined) throw new RangeError('nothing to draw from')
    return found
  }
  const digits = (count: number): string =>
    String(10 ** (count - 1) + Math.floor(random.next() * 9 * 10 ** (count - 1)))
  const filled = (text: string): string =>
    text
      .replace('{n}', digits(1 + Math.floor(random.next() * 2)))
      .replace('{p}', digits(5))
      .replace('{x}', one(OTHERS))
  return Array.from({ length: EACH }, () => {
    const [before, after] = one(AROUND)
    const [inFront, behind] = one(ADDRESSES_AROUND)
    return [
      person(`${one(GIVEN)} ${one(SURNAMES)}`, before, after),
      address(filled(one(STREETS)), inFront, behind),
      nothing(filled(one(SENTENCES))),
      nothing(filled(one(SENTENCES))),
    ]
  }).flat()
}
