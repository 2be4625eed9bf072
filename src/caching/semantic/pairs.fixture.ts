/*
 * Pairs of questions for testing guards: those that look alike and are not the same, by what tells them apart, and those that are.
 * Written by hand beside the rules; those of `held-out-pairs.fixture.ts` were written when the rules stood.
 */

/** What tells two questions apart that look alike. */
export type PairKind = 'numbers' | 'negation' | 'names' | 'time'

export type Pair = readonly [one: string, other: string]

/** One pair to a line, its two texts with a bar between them. */
export function pairsOf(lines: string): readonly Pair[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [one = '', other = ''] = line.split(' | ').map((text) => text.trim())
      return [one, other]
    })
}

/** Not the same. */
export const DIFFERENT_PAIRS: Readonly<Record<PairKind, readonly Pair[]>> = {
  numbers: pairsOf(`
    What is the fine for driving 10 km/h over the limit? | What is the fine for driving 20 km/h over the limit?
    How many calories are in 100 g of rice? | How many calories are in 100 oz of rice?
    What is the tax on an income of $50,000? | What is the tax on an income of $500,000?
    How do I convert 5 feet to meters? | How do I convert 5 meters to feet?
    What does HTTP status code 401 mean? | What does HTTP status code 403 mean?
    What does error code 0x80070005 mean? | What does error code 0x80070002 mean?
    How long does it take to boil 2 eggs? | How long does it take to boil 12 eggs?
    Is a 15% tip enough? | Is a 50% tip enough?
    What is the square root of 144? | What is the square root of 441?
    How do I upgrade from version 2.1 to 2.3? | How do I upgrade from version 2.1 to 3.2?
    Can I get a refund after 14 days? | Can I get a refund after 40 days?
    What is 3/4 of 200? | What is 4/3 of 200?
    How much paracetamol can I give a 2 year old? | How much paracetamol can I give a 12 year old?
    What happens if two players roll a six? | What happens if three players roll a six?
    What is the boiling point of water at 1,000 m? | What is the boiling point of water at 10,000 m?
    Who was the 16th president of the United States? | Who was the 15th president of the United States?
    How do I split a bill of 90 euros between 3 people? | How do I split a bill of 90 euros between 4 people?
    What is the speed limit on the A1? | What is the speed limit on the A2?
    Which visa do I need for a stay of 90 days? | Which visa do I need for a stay of 91 days?
    How do I set a timeout of 30 seconds? | How do I set a timeout of 30 milliseconds?
    How much is 1.5 l of milk in cups? | How much is 15 l of milk in cups?
    Is 37.5 a fever? | Is 38.5 a fever?
    What is the second law of thermodynamics? | What is the first law of thermodynamics?
    What do I do with my old iPhone 11? | What do I do with my old iPhone 12?
    How many people fit in a room of 20 square meters? | How many people fit in a room of 20 square feet?
    Can I carry 100 ml of liquid on a plane? | Can I carry 1000 ml of liquid on a plane?
    What does Section 230 say? | What does Section 203 say?
    What is the dose of ibuprofen at 70 kg? | What is the dose of ibuprofen at 70 lb?
    How do I run a 5k without training? | How do I run a 10k without training?
    What is the interest on a loan of 10,000 at 3.5%? | What is the interest on a loan of 10,000 at 5.3%?
    What is -5 degrees in Fahrenheit? | What is 5 degrees in Fahrenheit?
    What is the difference between USB 2 and USB 3? | What is the difference between USB 3 and USB 4?
    How do I return one item of my order? | How do I return two items of my order?
    Does the warranty cover the first year? | Does the warranty cover the third year?
    What is half of 80? | What is a third of 80?
    Is the deductible €500 per claim? | Is the deductible $500 per claim?
    What is 2^10? | What is 10^2?
    How many hours of sleep does a child of 8 need? | How many hours of sleep does a child of 18 need?
  `),
  negation: pairsOf(`
    Which plants are toxic to cats? | Which plants are not toxic to cats?
    Can I cancel my subscription with a fee? | Can I cancel my subscription without a fee?
    Why is my payment accepted? | Why isn't my payment accepted?
    What foods should I eat during pregnancy? | What foods should I not eat during pregnancy?
    How do I enable two-factor authentication? | How do I disable two-factor authentication?
    Is it legal to record a phone call? | Is it illegal to record a phone call?
    How do I opt in to marketing emails? | How do I opt out of marketing emails?
    What happens if I pay my taxes late? | What happens if I never pay my taxes?
    Are tips included in the price? | Are tips excluded from the price?
    Can I travel with a passport? | Can I travel without a passport?
    Which countries are members of NATO? | Which countries are not members of NATO?
    Does the insurance cover water damage? | Doesn't the insurance cover water damage?
    How do I allow pop-ups in Chrome? | How do I block pop-ups in Chrome?
    Which vaccines are required for Kenya? | Which vaccines are optional for Kenya?
    Do I need a visa for Japan? | Do I need no visa for Japan?
    What can I deduct from my taxes? | What can't I deduct from my taxes?
    How do I make my profile public? | How do I make my profile private?
    Why does my laptop turn on by itself? | Why does my laptop turn off by itself?
    Is the service available on weekends? | Is the service unavailable on weekends?
    Which files are tracked by the repository? | Which files are untracked by the repository?
    How do I add a user to a group? | How do I remove a user from a group?
    Can an employer refuse to give a reference? | Can an employer give a reference?
    What is a reversible reaction? | What is an irreversible reaction?
    How do I lock the rotation of my screen? | How do I unlock the rotation of my screen?
    Who is eligible for the rebate? | Who is ineligible for the rebate?
    Are all of the rooms smoke-free? | Are none of the rooms smoke-free?
    When should I use an antibiotic? | When should I avoid an antibiotic?
    How do I mute a participant? | How do I unmute a participant?
    Should I sign the contract before the audit? | Should I not sign the contract before the audit?
    Is the reset link still valid? | Is the reset link no longer valid?
    Everything except the battery is covered, right? | Everything including the battery is covered, right?
    How do I increase the font size? | How do I decrease the font size?
    Does the plan include support? | Does the plan exclude support?
    Does the API accept XML? | Does the API reject XML?
    Can minors open an account? | Can only minors open an account?
    Did the delivery arrive? | Did the delivery not arrive?
    Is the beta stable? | Is the beta unstable?
    What may I bring into the exam? | What may I not bring into the exam?
  `),
  names: pairsOf(`
    What is the capital of Australia? | What is the capital of Austria?
    how do i get from rome to paris | how do i get from paris to rome
    How do I send money to France from Spain? | How do I send money from France to Spain?
    Who wrote Sense and Sensibility? | Who wrote Pride and Prejudice?
    What is the population of Turkey? | What is the population of turkey farms?
    How do I cook turkey? | How do I cook Turkey?
    How do I reset my Gmail password? | How do I reset my Outlook password?
    Is Python faster than Java? | Is Java faster than Python?
    How do I install Docker on Ubuntu? | How do I install Docker on Debian?
    What is the side effect of amoxicillin? | What is the side effect of ampicillin?
    Does Alice report to Bob? | Does Bob report to Alice?
    Can a manager approve an expense of an employee? | Can an employee approve an expense of a manager?
    What is hypertension? | What is hypotension?
    What is the opening time of the Berlin office? | What is the opening time of the Munich office?
    How far is the Moon from the Earth? | How far is the Sun from the Earth?
    What does "affect" mean? | What does "effect" mean?
    How do I export a list to Excel? | How do I import a list from Excel?
    What is the exchange rate of the dollar to the euro? | What is the exchange rate of the euro to the dollar?
    Which airline flies to Sydney, Australia? | Which airline flies to Sydney, Nova Scotia?
    What is JavaScript used for? | What is Java used for?
    How do I learn C++? | How do I learn C#?
    What is a mitochondrion? | What is a chloroplast?
    Who is the CEO of Microsoft? | Who is the CFO of Microsoft?
    How do I contact the sales department? | How do I contact the support department?
    Can dogs eat grapes? | Can dogs eat apples?
    Is the driver liable for the passenger? | Is the passenger liable for the driver?
    How do I convert PDF to Word? | How do I convert Word to PDF?
    Can you call me? | Can I call you?
    Who won the match between Arsenal and Chelsea? | Who won the match between Arsenal and Everton?
    What is the price of plan Pro? | What is the price of plan Team?
    What is a bee? | What does a bee do?
    What does a CFO do? | What is a CFO?
    What is machine learning? | What is a learning machine?
    How do I pay with a card? | How do I pay for a card?
    Is who funded by the state? | Is WHO funded by the state?
    What is the max length of a username? | What is the min length of a username?
    What do sheep eat? | What eats sheep?
    What is the plural of mouse? | What is the plural of moose?
  `),
  time: pairsOf(`
    What is the weather today? | What is the weather tomorrow?
    Who is the prime minister of Italy? | Who was the prime minister of Italy?
    When does the shop open on Monday? | When does the shop open on Sunday?
    What were the sales in March? | What were the sales in May?
    Do I have to apply before Friday? | Do I have to apply after Friday?
    Is the report due by Friday? | Is the report due on Friday?
    How do I plan my meals for a week? | How do I plan my meals for a month?
    Who won the World Cup in 2014? | Who won the World Cup in 2018?
    What is the daily limit for withdrawals? | What is the monthly limit for withdrawals?
    Are you open in the morning? | Are you open in the evening?
    What happened last week? | What happens next week?
    Will the store be closed on Christmas? | Was the store closed on Christmas?
    How long has the museum been open? | How long is the museum open?
    How do I schedule a backup every hour? | How do I schedule a backup every day?
    Can I still return an item? | Can I already return an item?
    What is the rate per hour? | What is the rate per day?
    Does the train leave at 9 am? | Does the train leave at 9 pm?
    When did the war begin? | When did the war end?
    What is the first day of spring? | What is the last day of spring?
    Can I take the medicine before meals? | Can I take the medicine after meals?
    Is the pool open in winter? | Is the pool open in summer?
    How long until the next eclipse? | How long since the last eclipse?
    What is the current interest rate? | What was the previous interest rate?
    Does he play for Inter? | Did he play for Inter?
    Who played for Inter? | Who plays for Inter?
    What is the deadline for Q1? | What is the deadline for Q2?
    Has the flight landed? | Will the flight land?
    Is parking free at night? | Is parking free at noon?
    What changed in the latest version? | What changed in the first version?
    Is the office open during the holidays? | Is the office open until the holidays?
    How do I book a table for 7 pm tonight? | How do I book a table for 7 pm tomorrow?
    When is the annual meeting? | When is the quarterly meeting?
    What time is it in Tokyo? | What date is it in Tokyo?
    When can I see a doctor this week? | When can I see a doctor next week?
    Which movies came out in the 1980s? | Which movies came out in the 1990s?
    Do I water it once a week? | Do I water it twice a week?
    How old was Einstein in 1905? | How old was Einstein in 1915?
    What was the dollar worth a year ago? | What was the dollar worth a century ago?
  `),
}

/** The same, said otherwise. */
export const SAME_PAIRS: readonly Pair[] = pairsOf(`
  How do I reset my password? | How can I reset my password?
  How do I reset my password? | Please tell me how to reset my password.
  How do I reset my password? | hi, how to reset my password
  What is the best way to remove a stain from a shirt? | How do I remove a stain from a shirt?
  How much does a monthly ticket cost? | What is the price of a monthly ticket?
  What does API mean? | What is the meaning of API?
  What's the capital of France? | What is the capital of France
  What is France's capital? | What is the capital of France?
  What is photosynthesis? | Explain photosynthesis, please.
  Explain photosynthesis. | Can you explain photosynthesis?
  Can I return an opened item? | Is it possible to return an opened item?
  Am I allowed to bring a dog into the office? | May I bring a dog into the office?
  How do I cancel my order? | I'd like to know how I can cancel my order.
  Where can I find my invoice? | Could you tell me where I can find my invoice?
  In Outlook, how do I set up a signature? | How do I set up a signature in Outlook?
  How do I log in to the portal? | How do I sign in to the portal?
  How do I delete my account? | What are the steps to delete my account?
  What is the price of the train ticket to Rome? | How much is the train ticket to Rome?
  why is the sky blue | Why is the sky blue?
  Can I buy a gift card online? | Can I purchase a gift card online?
  How do I download the e-mail app? | How do I download the email app?
  Do I need to register? | Do I have to register?
  What do I need to do to close my account? | How do I close my account?
  What are your opening hours? | what are your opening hours??
  How do I connect the printer to Wi-Fi? | How can I connect the printer to wifi?
  Who invented the telephone? | Who invented the phone?
  How many countries are there in Europe? | How many countries are in Europe?
  How do I change my address? | How do I update my address?
  How do I change my address? | How do I modify my address?
  Where is my order? | Where's my order?
  How do I take a screenshot on a Mac? | What is the way to take a screenshot on a Mac?
  What is the difference between a virus and a bacterium? | What's the difference between viruses and bacteria?
  My printer does not print. What can I do? | My printer won't print, what should I do?
  How do I cook rice? | How should I cook rice?
  What happens if I miss a payment? | What happens when I miss a payment?
  Which documents do I need for a visa? | What documents are required for a visa?
  How long does delivery take? | What is the delivery time?
  How do I get a refund? | How can I request a refund?
  Is there parking at the hotel? | Does the hotel have parking?
  How do I contact support? | How do I get in touch with support?
  Can I pay by card? | Do you accept cards?
  How do I unsubscribe from the newsletter? | How do I stop receiving the newsletter?
  What is the refund policy? | Tell me about the refund policy
  How do I fix a leaking tap? | How do I repair a leaking tap?
  How do I change the language of the app? | How do I change the app language?
  Who wrote Hamlet? | Who is the author of Hamlet?
  Thanks for your help. How do I change my plan? | How do I change my plan?
  What is the boiling point of water? | At what temperature does water boil?
  How do I create a new folder? | How do I make a new folder?
  How do I turn off notifications? | How do I turn notifications off?
  how to enable dark mode? | How do I activate dark mode?
  Can I change the delivery address after ordering? | Is it possible to change the delivery address after ordering?
  How do I find my serial number? | Where do I find the serial number?
  What payment methods do you accept? | Which payment methods do you accept?
  How do I upload a photo? | How do I upload a picture?
  When will my refund arrive? | Do you know when my refund will arrive?
  How do I share a file with a colleague? | how can i share files with colleagues
  What does the warranty cover? | What is covered by the warranty?
  How do I export my contacts? | How to export contacts?
  How do I track my parcel? | Hello! I am wondering how I can track my parcel.
`)
