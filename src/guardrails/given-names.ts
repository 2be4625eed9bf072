const list = (names: string): readonly string[] => names.trim().split(/\s+/)

/** Common given names of Europe, the Americas and parts of Asia and Africa, lower case, that are no common words in the languages of them. */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  list(`
aaron abdul abdullah abigail adam adrian adriana agnes agnieszka ahmed aisha aisling alain alan albert alberto alejandra alejandro aleksandra alessandra alessandro alex alexander alexandra alexandre alfred
ali alice alicia alina alison allison amanda amelia amélie amina amir amit ana anaïs anastasia anders andré andrea andreas andrew andrzej andy angela angelika angelina anita anja anke ann anna anne annette annika
anthony antoine anton antonia antonio anya arjun arne arnaud arthur arturo asha ashley astrid aurélie axel aylin barbara bart bartosz beata beatrice beatriz ben benedikt benjamin benoit bernard bernd
bert bianca birgit björn bogdan boris brandon brenda brian bridget britta bruno camila camille carina carla carlos carmen carolina caroline catarina catherine cathy cecilia cédric chantal charles
chiara chloe chloé chris christa christel christiane christina christine christoph christophe christopher chunhua cindy claire clara claudia claudio clément colin connor corinne craig cristina cynthia damien
daniel daniela daniele danielle dariusz darren david deborah deepak denise dennis derek diana diane diego dieter dimitri dirk dmitri dominik dominique donald donna doris dorothea dorothy douglas duarte
eduardo edward ekaterina elaine elena eleni elisa elisabeth elise elizabeth elke ellen elsa emily emma emmanuel enrique enzo eric erica erik erika erin ernesto esra esther ethan eugene eva evelyn ewa
fabian fabien fabio fabrice fatima fatma federica federico felipe felix fernanda fernando filip filipe fiona florian francesca francesco francis francisco franck françois françoise franz frederic
frederik frédéric friedrich fritz gabriel gabriela gabriele gareth gary geert geoffrey george georges gérard gerhard gertrud giovanni giulia giuseppe gloria gonzalo gordon greg gregory greta grzegorz guido guillaume
gustavo hamza hanna hannah hans harald harry hassan heather heidi heike heinrich heinz helen helena helene helga helmut hendrik henri henrik henrique henry herbert hiroshi holger horst hubert hugo hussein
ian ibrahim ignacio igor ilse imran inès ines inga ingrid irene irina isaac isabel isabella isabelle ivan ivana jacek jacob jacqueline jacques jaime jakob jakub james jamie jan jana jane janet janina janine jasmin
jason javier jean jeff jeffrey jelena jennifer jenny jens jeremy jérôme jerry jessica jesús jill jim joachim joan joana joanna joanne joão joaquín jochen joe johan johann johanna johannes john johnny
jonas jonathan jordi jorge jörg josé josef joseph josephine joshua juan juana judith julia julian juliana julie julien juliette julio jürgen justin justyna kamil karen karim karin karina karl karolina katarzyna katharina
kathleen kathrin kathryn kathy katja katrin kayla keith kelly kenneth kerstin kevin khaled kim kimberly klaus kristen kristian kristin kristina krzysztof kurt kyle lakshmi lara larissa lars laura lauren laurence laurent
lauri léa leah leila lena leo leon leonardo leonie leticia lewis liam linda lisa livia liz lorena lorenzo louis louise luc luca lucas lucia lucie lucy luigi luis luisa lukas łukasz lydia maarten maciej madison
magda magdalena maja malgorzata małgorzata manfred manuel manuela marc marcel marcelo marcin marco marcos marek margaret margarita margit maria mariana marianne marie marina mario marion marisa marko markus
marlene marta martha martin martina mary mateo mateusz matheus mathias mathieu matt matteo matthew matthias mattia maurice mauricio maximilian megan mehmet mei melanie melissa michael michaela michał michel michele
michelle miguel mike mikhail milan miriam mohamed mohammed monica monika moritz muhammad murat mustafa nadia nadine nancy natalia natalie nathalie nathan neha neil nelson nicholas nick nico nicolas nicole
niklas nikolai nikolaus nina noah noemi norbert nuno olaf oleg olga oliver olivia olivier omar oscar oskar otto owen pablo pamela paola paolo patricia patrick patrik patrizia paul paula paulina pauline paulo pavel pedro
peter petra philip philipp philippe phillip pierre pilar piotr pooja priya rachel rafael rafał rahul rainer raj rajesh ralf ramón raquel raúl ravi rebecca regina reinhard renate renato rené ricardo riccardo richard
rita robert roberta roberto robin rodrigo roger roland rolf roman ronald rosa rosemary roxana rüdiger rudolf russell ruth ryan sabine sabrina salvatore samantha samuel sandra sandrine sanjay sara sarah sascha scott sean
sebastian sébastien serena serge sergei sergio sharon sheila shirley silke silvia simon simone sofia sofie solène sonia sophia sophie stanisław stefan stefania stefanie stefano stephan stéphane stephanie stephen
steve steven stuart sunita susan susanna susanne suzanne sven svenja svetlana sylvia sylvie tamara tania tanja tanya tatiana teresa terry theo theodor theresa thibault thierry thomas thorsten tiago tim timothy tina
tobias todd tom tomás tomasz toni tony torsten tracy ulrich ulrike ursula uta ute uwe valentina valeria valérie vanessa vera verena veronica véronique vicente victoria viktor viktoria vincent vincenzo virginie vladimir
volker walter wanda wei werner wilhelm william winfried wojciech wolfgang xavier yannick yasmin yolanda yuki yusuf yves yvonne zachary zeynep zofia zoe zoé
`),
)

/** What stands before the name of a person, lower case and without its dot. */
export const TITLES: ReadonlySet<string> = new Set(
  list(`mr mrs ms miss mx dr prof professor herr herrn frau monsieur madame mme mlle mademoiselle señor señora señorita sr sra srta don doña signor signora sig dott dottore dottoressa
dhr mevr mevrouw meneer mw senhor senhora pan pani`),
)

/** Capitalised words that are none of a person, where one is looked for: whom letters are for, time, places, companies, things. */
export const NO_NAMES: ReadonlySet<string> = new Set(
  list(`sir madam team all everyone everybody colleague colleagues customer customers friend friends world there support sirs committee council editor reader readers user users guest guests student students manager
director president minister doctor professor sister brother mother father mom dad santa god hiring human resources diary folks kolleginnen kollegen kunde kunden damen herren gäste leser team client clients
clientes cliente amigos amici ladies gentlemen parents families neighbours members partners investors
january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
street road avenue lane drive square park bridge hotel hospital university college school institute airport station church cathedral museum library theatre theater stadium tower award prize cup trophy
foundation stiftung institut bank group tour falls springs server servers system service shirts shoes tower team department building holding company inc ltd llc plc corp corporation gmbh ag kg se sa spa bv nv sarl media records motors airlines insurance consulting partners associates brothers sons
island islands beach bay river lake mountain mount valley county city state republic kingdom street straße platz
the a an and or of in on at for from with to by is are was were this that these those it he she we they you i my your our his her its their who what when where why how please thanks thank yes no not
der die das und ist sind ein eine ich du wir sie bitte danke ja nein le la les et est un une je tu nous vous merci el los las y es una yo por para gracias il lo gli e è io per grazie`),
)

/** Between given name and surname. */
export const PARTICLES: ReadonlySet<string> = new Set(
  list('van von de der den del della da dos das do di du la le bin ibn al el ten ter zu zur vom'),
)

/** Before what is called after somebody, and is nobody. */
export const CALLED_AFTER: ReadonlySet<string> = new Set(
  list(
    'the via viale piazza corso largo calle avenida plaza rue place boulevard rua praça st saint san santa sankt',
  ),
)

/** Greetings, behind which a name stands. */
export const GREETINGS: ReadonlySet<string> = new Set(
  list(
    'dear hi hello hey liebe lieber hallo cher chère bonjour salut querido querida estimado estimada hola caro cara gentile ciao beste geachte olá prezado prezada drogi droga',
  ),
)

/** Of those, the ones behind which nothing else stands. */
export const DEAR: ReadonlySet<string> = new Set(
  list(
    'dear liebe lieber cher chère querido querida estimado estimada caro cara gentile geachte prezado prezada',
  ),
)

/** Closes a letter; on the next line stands who wrote it. */
export const CLOSINGS: ReadonlySet<string> = new Set(
  list(
    'regards sincerely best cheers thanks yours truly faithfully wishes grüßen grüsse grüße gruß gruss cordialement salutations saludos atentamente saluti groeten abraços atenciosamente mvg pozdrawiam',
  ),
)

/** Says before `:` that a person follows. */
export const LABELS: ReadonlySet<string> = new Set(
  list(
    'name customer patient contact employee client applicant tenant passenger attendee guest signed attn kunde patientin kundin ansprechpartner mitarbeiter nom client nombre nome naam cliente paciente paziente imię',
  ),
)
