import { pairsOf, type Pair, type PairKind } from './pairs.fixture.ts'

/*
 * The second half of the pairs, written when the rules stood. What the rules made of them at first is told in decision 78.
 */

/** Not the same. */
export const HELD_OUT_DIFFERENT_PAIRS: Readonly<Record<PairKind, readonly Pair[]>> = {
  numbers: pairsOf(`
    How many days of leave does an employee get after 5 years? | How many days of leave does an employee get after 15 years?
    What is the melting point of gold in °C? | What is the melting point of gold in °F?
    What is the maximum file size, 25 MB? | What is the maximum file size, 25 GB?
    Can I take six pills? | Can I take sixteen pills?
    What does RFC 7231 define? | What does RFC 7213 define?
    Is a blood pressure of 120/80 normal? | Is a blood pressure of 180/120 normal?
    What is 7 times 8? | What is 7 plus 8?
    What is 12 - 5? | What is 12 + 5?
    Which bus goes to gate 4B? | Which bus goes to gate 4A?
    What is 1.000 in words? | What is 1,000 in words?
    How do I buy a ticket for two adults and one child? | How do I buy a ticket for one adult and two children?
    Is the limit 1,500 or 1,600 requests? | Is the limit 1,600 or 1,500 requests?
    How do I get the top 5 rows? | How do I get the top 50 rows?
    What is the flight number of BA117? | What is the flight number of BA171?
    How high is a building of 3 floors? | How high is a building of 30 floors?
    What is the charge for a transfer of $5? | What is the charge for a transfer of €5?
    How long is a marathon in miles? | How long is a marathon in kilometers?
    Is a score of 3 out of 5 good? | Is a score of 5 out of 3 good?
    What is the VAT rate for a hotel, 7% or 19%? | What is the VAT rate for a hotel, 9% or 17%?
    How does port 22 differ from port 23? | How does port 22 differ from port 2323?
    What happens at a temperature above 40 degrees? | What happens at a temperature above 4.0 degrees?
    How many cups are in 2 pints? | How many pints are in 2 cups?
    Does Article 5 apply to us? | Does Article 6 apply to us?
    What is the penalty for a first offence? | What is the penalty for a second offence?
    Is it cheaper to buy 1 pack of 10 or 10 packs of 1? | Is it cheaper to buy 1 pack of 1 or 10 packs of 10?
    How much water is in a pool of 10 by 5 meters? | How much water is in a pool of 10 by 50 meters?
    What is the resistance at 5 mA? | What is the resistance at 5 A?
    How far can I drive with 10% battery? | How far can I drive with 100% battery?
    What is log base 2 of 8? | What is log base 8 of 2?
    How many seats does a Boeing 737 have? | How many seats does a Boeing 747 have?
    How old must a driver be, 17? | How old must a driver be, 71?
    Can a group of four share one room? | Can a group of four share four rooms?
    How do I scale the image by a factor of 0.5? | How do I scale the image by a factor of 5?
    What is the grace period, a dozen days? | What is the grace period, two dozen days?
    How do I change the interval from 5 to 10? | How do I change the interval from 10 to 5?
    What can I buy for under $20? | What can I buy for over $20?
    Is a 4-digit PIN safe? | Is a 6-digit PIN safe?
  `),
  negation: pairsOf(`
    Which sugars are fermentable? | Which sugars are non-fermentable?
    Can I use the tool while offline? | Can I use the tool while online?
    Who has access to the archive? | Who has no access to the archive?
    Why should I accept cookies? | Why should I reject cookies?
    Is smoking allowed on the balcony? | Is smoking forbidden on the balcony?
    How do I stop the timer? | How do I start the timer?
    Which errors are recoverable? | Which errors are unrecoverable?
    Do I pay if I lose? | Do I pay if I win?
    Do I pay if I cancel? | Do I pay unless I cancel?
    How do I show hidden columns? | How do I hide columns?
    What does the plan cover? | What does the plan not cover?
    Are pets welcome at the hotel? | Are pets unwelcome at the hotel?
    When must a company register for VAT? | When must a company not register for VAT?
    Does the test detect the virus? | Does the test fail to detect the virus?
    Which of the ingredients are vegan? | Which of the ingredients aren't vegan?
    How do I subscribe to the newsletter? | How do I unsubscribe from the newsletter?
    Can employees work from home? | Can't employees work from home?
    Is it safe to eat raw eggs? | Is it unsafe to eat raw eggs?
    How do I make sure that the file is saved? | How do I make sure that the file is not saved?
    Which cells have a nucleus? | Which cells lack a nucleus?
    Why did the test pass? | Why did the test fail?
    What are the advantages of leasing a car? | What are the disadvantages of leasing a car?
    Is the discount valid with a coupon? | Is the discount invalid with a coupon?
    Should a resume include a photo? | Should a resume omit a photo?
    How do I encrypt a disk? | How do I decrypt a disk?
    Can I fly with a broken arm? | Can I not fly with a broken arm?
    Who may vote? | Who may never vote?
    How do I keep rabbits in the garden? | How do I keep rabbits out of the garden?
    Are the results significant? | Are the results insignificant?
    Is at least one field required? | Is no field required?
    Can I enter the country with a criminal record? | Can I enter the country without a criminal record?
    Do all birds fly? | Do some birds fly?
    Do both parents have to sign? | Does neither parent have to sign?
    Does anybody supervise the pool? | Does nobody supervise the pool?
    Which tasks are finished? | Which tasks are unfinished?
    What if the tenant agrees? | What if the tenant disagrees?
    Is the seller honest, not greedy? | Is the seller greedy, not honest?
  `),
  names: pairsOf(`
    What language do they speak in Niger? | What language do they speak in Nigeria?
    How tall is Tom compared to Jim? | How tall is Jim compared to Tom?
    Can the landlord evict the tenant? | Can the tenant evict the landlord?
    What is the currency of Slovakia? | What is the currency of Slovenia?
    Does MIT have a campus in London? | Does LSE have a campus in London?
    How do I migrate from MySQL to Postgres? | How do I migrate from Postgres to MySQL?
    What is the root of the word "desert"? | What is the root of the word "dessert"?
    Who painted The Scream? | Who painted The Kiss?
    How do I file a claim for a car? | How do I file a claim for a boat?
    Is the apple green? | Is the Apple green?
    How does a heat pump work? | How does a water pump work?
    What is a guest house? | What is a house guest?
    Can a nurse prescribe morphine? | Can a nurse prescribe methadone?
    What is the tallest mountain in Asia? | What is the tallest mountain in Africa?
    What is the longest river in Asia? | What is the largest river in Asia?
    How do I open a .docx file? | How do I open a .doc file?
    Is tea healthier than coffee? | Is coffee healthier than tea?
    Who is the author of Emma? | Who is the actor of Emma?
    How do I train a dog? | How do I dog train?
    Is the bank closed on Labor Day? | Is the bank closed on Veterans Day?
    How do I change a tyre on a bike? | How do I change a bike on a tyre?
    What is the IATA code of Portland, Oregon? | What is the IATA code of Portland, Maine?
    Does the parent company own the child company? | Does the child company own the parent company?
    Where is the Amazon? | Where is the amazon?
    What is the income tax? | What is the tax income?
    What causes the flu? | What does the flu cause?
    Can she see his messages? | Can he see her messages?
    How do I give access to a guest? | How do I give a guest to access?
    What is the safest way to remove mold? | What is the fastest way to remove mold?
    How do I lend money to a friend? | How do I borrow money from a friend?
    What did Kant say about Hume? | What did Hume say about Kant?
    How do you process refunds? | How do I process refunds?
    Is the CEO hired by the board? | Is the board hired by the CEO?
    How do I export a report as PDF? | How do I export a report as CSV?
    What is the domain of example.com? | What is the domain of example.org?
    Do the terms apply to the EU or the US? | Do the terms apply to us?
    Where does the Danube begin? | Where does the Danube end?
  `),
  time: pairsOf(`
    What is on TV on Friday night? | What is on TV on Friday morning?
    When will the sun rise? | When did the sun rise?
    Is the clinic open on the 3rd of May? | Is the clinic open on the 3rd of June?
    Who owns the company? | Who owned the company?
    What is the rent for a night? | What is the rent for a week?
    Can I change the date after the booking? | Can I change the date before the booking?
    How long does it take in the winter? | How long does it take in the spring?
    When did the shop open? | When does the shop open?
    What was founded in 1848? | What was founded in 1884?
    What was the GDP in the first quarter? | What was the GDP in the last quarter?
    Does the offer end on Sunday? | Does the offer start on Sunday?
    How often should I feed a puppy in a day? | How often should I feed a puppy in a week?
    Is it open from 9 to 5? | Is it open from 5 to 9?
    What happened before the treaty? | What happened since the treaty?
    How many people lived there in the 18th century? | How many people lived there in the 19th century?
    Are classes held in summer? | Were classes held in summer?
    Is breakfast served until 10? | Is breakfast served from 10?
    Should I stretch before or after running? | Should I stretch during running?
    What is the policy for late arrivals? | What is the policy for early arrivals?
    When is Easter in 2027? | When is Easter in 2028?
    Can I stay for two weeks? | Can I stay in two weeks?
    What would have happened if it rained? | What will happen if it rains?
    Is the fee charged annually? | Is the fee charged monthly?
    Is the fee refunded within a month? | Is the fee refunded after a month?
    Did the parcel leave the depot on Monday? | Did the parcel leave the depot by Monday?
    How do I schedule a report for the end of the month? | How do I schedule a report for the start of the month?
    Does the trial last 7 days or 30 days? | Does the trial last 7 weeks or 30 weeks?
    Has the law been passed? | Is the law being passed?
    How was the service? | How is the service?
    Which version comes next? | Which version came last?
    How do I set an alarm for noon? | How do I set an alarm for midnight?
    Is the museum always free? | Is the museum ever free?
    Is the museum free once a month? | Is the museum free all month?
    When do I get paid in December? | When do I get paid in November?
    How many hours did the flight take? | How many minutes did the flight take?
    Are the roads icy in the early morning? | Are the roads icy in the late morning?
    What are the business hours on weekdays? | What are the business hours on weekends?
  `),
}

/** The same, said otherwise. */
export const HELD_OUT_SAME_PAIRS: readonly Pair[] = pairsOf(`
  How do I activate the SIM card? | How can I enable the SIM card?
  How do I freeze my card? | Please, how can I freeze my card?
  What is the cancellation policy? | Explain the cancellation policy.
  What is the fee of a wire transfer? | What is the wire transfer fee?
  What is the meaning of APR? | What does APR mean?
  Which sizes are available? | What sizes are available?
  How do I add a teammate to a workspace? | What is the best way to add a teammate to a workspace?
  May I bring my own food? | Am I allowed to bring my own food?
  Can I ship a battery by air? | Is it possible to ship a battery by air?
  How much does the premium plan cost? | How much is the premium plan?
  Hello, where can I see my usage? | Where can I see my usage?
  Do you know where I can see my usage? | Where can I see my usage?
  Can you tell me what the minimum age is? | What is the minimum age?
  I want to know how to close an account | How do I close an account?
  On Android, how do I clear the cache? | How do I clear the cache on Android?
  What does SLA stand for? | What does SLA mean?
  Why isn't the sound working? | Why is the sound not working?
  How do I sign up for the course? | How do I register for the course?
  What is the company's vision? | What is the vision of the company?
  Where do I enter the voucher? | where do I enter the voucher, please?
  How do I install the printer driver? | How to install the driver of the printer?
  Is there any way to undo a merge? | Is it possible to undo a merge?
  Can I pick the seat? | Can I choose the seat?
  Where can I purchase a ticket? | Where can I buy tickets?
  How do I rotate a photo? | How to rotate pictures?
  Explain how vaccines work. | How do vaccines work?
  What's inflation? | What is inflation?
  Describe the water cycle. | What is the water cycle?
  Do I have to pay duty? | Do I need to pay duty?
  What happens if the payment fails? | Tell me what happens if the payment fails.
  How do I make a backup? | How can we create a backup?
  How do I put an item in the basket? | How do I add an item to the cart?
  How long is the guarantee? | What is the length of the guarantee?
  Does the phone come with a charger? | Is a charger included with the phone?
  How do I reduce my bill? | How can I lower my bill?
  What should I do if my card is stolen? | My card was stolen, what now?
  Where is the nearest branch? | Where can I find the nearest branch?
  How do I speak to a human? | How can I talk to a person?
  What is the capital city of Peru? | What is the capital of Peru?
  How many employees does the company have? | What is the number of employees of the company?
  How do I report a bug? | Where can I report a bug?
  Is it free? | Does it cost anything?
  Why was my application rejected? | What is the reason my application was rejected?
  How do I renew a passport? | What is required to renew a passport?
  Can I get a student discount? | Do you offer discounts for students?
  What causes a rainbow? | Why do rainbows form?
  How do I clean a keyboard? | What is the proper way to clean a keyboard?
  Who discovered penicillin? | By whom was penicillin discovered?
  How does a loan work? | How do loans work?
  What time does check-in start? | When does check-in start?
  How come ice floats? | Why does ice float?
  What is the speed of light? | How fast is light?
  Should I use a VPN? | Is a VPN recommended?
  How do I tie a tie? | How is a tie tied?
  How big is Texas? | What is the size of Texas?
  What documents do I need? | Which documents are needed?
  How do I merge two accounts? | Can two accounts be merged?
  Where are you located? | What is your address?
  What is a good password? | What makes a password good?
  How do I block a caller? | How to block callers?
`)
