import { pairsOf, type Pair } from './pairs.fixture.ts'

/*
 * The third part of the pairs, written by somebody who had read what may be said otherwise, and none of the rules: against polite words that
 * mean something, words with two meanings, plurals, capitals, signs and the order of words. What the rules made of them at first is told in decision 78.
 */

/** Not the same. */
export const HOSTILE_DIFFERENT_PAIRS: readonly Pair[] = pairsOf(`
    How do I get rid of two moles? | How do I get rid of three moles?
    Is minus five colder than minus ten? | Is five colder than ten?
    How warm is -5 °C? | How warm is 5 °C?
    What is 10-5? | What is 10 5?
    What is the answer to 1/2? | What is the answer to 12?
    What is new in version 1.2? | What is new in version 12?
    What is 2^3? | What is 23?
    What is five squared? | What is five cubed?
    Is x < y? | Is x > y?
    Is x >= 3? | Is x > 3?
    What is a dozen eggs? | What is a half dozen eggs?
    Is it half past two? | Is it half to two?
    How much is a quarter of 80? | How much is a quarter or 80?
    Who came in first? | Who came in at first?
    How long is 1e3 seconds? | How long is 1e-3 seconds?
    What is 5 mm long? | What is 5 Mm long?
    How much is 1 mW? | How much is 1 MW?
    How big is 8 Gb? | How big is 8 GB?
    How much is ¥500? | How much is ₩500?
    How many dollars is one pound? | How many pounds is one dollar?
    How much is a pound in Egypt? | How much is a pound in England?
    What does ½ cup weigh? | What does ¼ cup weigh?
    What is x² worth? | What is x³ worth?
    What is chapter IV about? | What is chapter VI about?
    When does the 1st train leave? | When does the 21st train leave?
    Is a fever of 38.5 high? | Is a fever of 38,5 high, or 39?
    Is the shop open on 01/02? | Is the shop open on 02/01?
    How do I call +1 555 0100? | How do I call 1 555 0100?
    Is it legal to sell it? | Is it illegal to sell it?
    Is it usual to tip? | Is it unusual to tip?
    Is this flammable? | Is this nonflammable?
    How do I enable the alarm? | How do I disable the alarm?
    How do I subscribe to it? | How do I unsubscribe from it?
    Is he a dependent? | Is he independent?
    Is it valuable? | Is it invaluable?
    Is the drug habit forming? | Is the drug not habit forming?
    Can you hardly see it? | Can you see it?
    Who seldom fails? | Who fails?
    Is anybody home? | Is nobody home?
    What is there without sugar? | What is there with sugar?
    What is free of charge? | What is free to charge?
    Could you not send it? | Could you send it?
    Please do not tell me how to open it. | Please tell me how to open it.
    Why can't I log in? | Why can I log in?
    Why won’t it start? | Why will it start?
    Why cant I log in? | Why can I log in?
    Is it un-paid? | Is it paid?
    Is it few? | Is it a few?
    How do I add little salt? | How do I add a little salt?
    What does US mean? | What does us mean?
    How do I join IT? | How do I join it?
    What does WHO say? | Who says what?
    Who lives in Turkey? | Who lives in turkey?
    How do I polish shoes? | How do I Polish shoes?
    What is in March? | What is in march?
    What does Apple cost? | What does apple cost?
    How do I learn C++? | How do I learn C?
    How do I learn C#? | How do I learn C?
    What is .NET? | What is net?
    What is Node.js? | What is node JS?
    Who are the Smiths? | Who is Smith?
    How do I buy glasses? | How do I buy a glass?
    What is the custom in Japan? | What are the customs in Japan?
    How do I get arms? | How do I get an arm?
    What is a good? | What is good?
    Where is the work? | Where are the works?
    Who wrote the people's history? | Who wrote the peoples' history?
    How do I treat a dog's bites? | How do I treat dogs' bites?
    What is the fear of dogs? | What is the fear in dogs?
    What is the mother of the friend called? | What is the friend of the mother called?
    What is the price of the house? | What is the house of the price?
    How do I make a house boat? | How do I make a boat house?
    Who loves Mary? | Who does Mary love?
    Who did Tom hit? | Who hit Tom?
    Does a cat eat a rat? | Does a rat eat a cat?
    Is Paris bigger than Rome? | Is Rome bigger than Paris?
    Is red less bright than blue? | Is red more bright than blue?
    How do I translate from German to Dutch? | How do I translate to German from Dutch?
    How do I move from A to B? | How do I move from B to A?
    Only I can see it, right? | I can see only it, right?
    What do I owe him? | What does he owe me?
    Can I call you? | Can you call me?
    Who would like a dog? | Who is like a dog?
    How do I cancel before it begins? | How do I cancel after it begins?
    Who has been king? | Who is king?
    Did it rain? | Does it rain?
    Has it shipped? | Will it ship?
    When did you begin? | When do you begin?
    May I leave? | Must I leave?
    Should I take it? | Can I take it?
    How should I take it? | How can I take it?
    How would I know? | How do I know?
    How could I have known? | How do I know?
    What is a bat in baseball? | What is a bat in biology?
    How do I run a bank? | How do I rob a bank?
    What does 'please' mean? | What does mean?
    How do I spell "thanks"? | How do I spell?
    What does "hello" mean in French? | What does mean in French?
    Can you tell me the time? | Can you tell the time?
    What rhymes with please? | What rhymes with?
    Do you know how to swim? | How do you swim?
    Do you know Tom? | Who is Tom?
    I want to know Tom. | Tom.
    Is the flag 🇫🇷 older? | Is the flag 🇩🇪 older?
    What does 🙂 mean? | What does 🙃 mean?
    What does 👍🏻 mean? | What does 👍🏿 mean?
    What is résumé? | What is resume?
    How do I write año? | How do I write ano?
    What is Å? | What is A?
    What does ß sound like? | What does ss sound like?
    Is Ω a letter? | Is W a letter?
    How do I get there by boat? | How do I get there buy boat?
    How do I fix a date? | How do I repair a date?
    How do I fix a meeting? | How do I repair a meeting?
    Who is a big brother? | Who is a large brother?
    How do I get fired? | How do I get laid off, fired?
    What is the right side? | What is the correct side?
    How do I kick a bucket? | How do I hit a bucket?
    How do I end it? | How do I finish it off?
    How do I make up a story? | How do I create a story?
    How do I make out? | How do I create out?
    How do I take off? | How do I take on?
    How do I turn in? | How do I turn it in?
    How do I show a bug? | How do I see a bug?
    What is the cost of a pass? | What is the pass of a cost?
    What is the cheapest big car? | What is the biggest cheap car?
    How do I buy a present now? | How do I buy a present?
    What does a child need? | What does a child need not?
    What is a man? | What is man?
    What is the matter? | What is matter?
    What is the time? | What is time?
    How do I get the picture? | How do I get a picture?
    Is it the case? | Is it a case?
    How do I make a file smaller? | How do I make a smaller file?
    Is there a way to fail? | How do I fail?
    Can I pay by card? | How can I pay by card?
    Would you explain it? | Will you have explained it?
    Please help. | Help me please him.
    Could you please them? | Could you them?
    Let's eat, grandma. | Let's eat grandma.
    No, more is better? | No more is better?
    Why stop? No reason? | Why stop no reason?
    How do I delete "a b"? | How do I delete "a" b?
    Explain A/B. | Explain A B.
    Explain A&B. | Explain A or B.
    Explain a_b. | Explain a b.
    What is foo.bar? | What is foo bar?
    What is the re-sign rule? | What is the resign rule?
    How do I recover a sofa? | How do I re-cover a sofa?
    What does x=y do? | What does x==y do?
    What does a! mean? | What does a mean?
    What does a? mean? | What does a mean?
    What is *args? | What is args?
    What is **args? | What is *args?
    What is @home? | What is home?
    What is #1? | What is 1?
    What is ~5? | What is 5?
    How long is 5' long? | How long is 5" long?
    Is 5% a lot? | Is 5‰ a lot?
    Is ≥5 enough? | Is ≤5 enough?
    Is it ±5? | Is it 5?
    What is √4? | What is 4?
    What is ∞? | What is 8?
    What is the 5:1 rule? | What is the 51 rule?
    How do I win 3-0? | How do I win 30?
    Who won 1-2? | Who won 2-1?
    How do I say yes in Dutch? | How do I say yes in German?
`)

/** Not the same; written when the rules had been read. */
export const LATER_DIFFERENT_PAIRS: readonly Pair[] = pairsOf(`
    Who is paid? | Who paid?
    Who is called first? | Who called first?
    What is moved by the wind? | What moved by the wind?
    Which team is beaten? | Which team beat?
    Is he a cook? | Is he cooking?
    Is it a download? | Is it downloading?
    Is this an update? | Is this updating?
    Is that the change? | Is that changing?
    What is a log in a forest? | What is a sign in a forest?
    How do I change a dress? | How do I alter a dress?
    How do I change the oil? | How do I modify the oil?
    How do I make a bed? | How do I create a bed?
    How do I paint a picture? | How do I paint a photo?
    Is Monday a holiday? | Is Monday a vacation?
    Can I drive in the city? | Can I drive into the city?
    What is the cost? | What is the price?
    How do I calculate the cost of a product? | How do I calculate the price of a product?
    How do I fix a game? | How do I repair a game?
    How do I get a cat to eat? | How do I obtain a cat to eat?
    What do I have to lose? | What do I need to lose?
    Can I take exactly 3 pills? | Can I take 3 pills?
    What is 10² in words? | What is 102 in words?
    What is 1½ cups in ml? | What is 11/2 cups in ml?
    What is 10⁻³? | What is 10-3?
    What is at example.com/aB? | What is at example.com/Ab?
    What is fooBar for? | What is foobar for?
    What is PATH for? | What is path for?
    How do I treat ADD? | How do I treat add?
    How do I send a GET? | How do I send a get?
    What does "a  b" print? | What does "a b" print?
    Who is the best? | Who is best?
    How many GB is a gb? | How many gb is a GB?
    How do I re-cover a sofa? | How do I re cover a sofa?
    What is a co-op for? | What is a coop for?
    What is a 5-day-old cat? | What is a 5 day old cat?
    What is the city of the bride? | What is the bride of the city?
    What is a man of war? | What is a war man?
    What is the line of fire? | What is a fire line?
    What is a house of cards? | What is a card house?
    How can I be wrong? | How am I wrong?
    May we come? | Are we allowed to come?
    What is the fast train? | What is the quick train?
    Is it a big deal? | Is it a large deal?
    How do I explain a gap? | What is a gap?
    Explain dogs to me. | What is dogs?
    Define a variable in Go. | What is a variable in Go?
    At what time did Tom leave, if at all? | When did Tom leave?
`)
