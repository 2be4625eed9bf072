import { expect, test } from 'bun:test'
import { languageOf, type Language } from './language.ts'

test.each<[Language, string]>([
  ['en', 'Could you please tell me how the heating in our office is switched off when nobody is there?'],
  [
    'de',
    'Können Sie mir bitte sagen, wie die Heizung in unserem Büro ausgeschaltet wird, wenn niemand da ist?',
  ],
  ['fr', "Pouvez-vous me dire comment éteindre le chauffage dans notre bureau quand il n'y a personne ?"],
  ['es', '¿Puede decirme cómo se apaga la calefacción de la oficina cuando no hay nadie, por favor?'],
  ['pt', 'Você pode me dizer como se desliga o aquecimento do escritório quando não há ninguém, por favor?'],
  ['it', "Può dirmi come si spegne il riscaldamento dell'ufficio quando non c'è nessuno, per favore?"],
  ['nl', 'Kunt u mij vertellen hoe de verwarming in ons kantoor wordt uitgezet als er niemand is?'],
  ['sv', 'Kan du säga hur man stänger av värmen på kontoret när ingen är där, och vad det kostar?'],
  [
    'da',
    'Kan du sige mig, hvordan man slukker for varmen på kontoret, når ingen er der, og hvad det koster af penge?',
  ],
  [
    'no',
    'Kan du si meg hvordan man slår av varmen på kontoret når ingen er der, og hva det koster av penger etter avtale?',
  ],
  ['fi', 'Voitko kertoa, miten toimiston lämmitys sammutetaan, kun siellä ei ole ketään, ja mitä se maksaa?'],
  ['pl', 'Czy może mi pan powiedzieć, jak się wyłącza ogrzewanie w biurze, kiedy nie ma tam nikogo?'],
  ['cs', 'Můžete mi říct, jak se vypíná topení v kanceláři, když tam nikdo není, a co to stojí, prosím?'],
  [
    'ro',
    'Îmi puteți spune cum se oprește căldura din birou când nu este nimeni și care este prețul, vă rog?',
  ],
  [
    'hu',
    'Meg tudná mondani, hogyan kell kikapcsolni a fűtést az irodában, ha nem van ott senki, és hogy mi az ára?',
  ],
  [
    'tr',
    'Ofiste kimse yok iken ısıtmanın nasıl kapatıldığını ve bunun ne kadar olduğunu söyler misiniz lütfen, çok acil ve önemli bir şey?',
  ],
  [
    'id',
    'Bisakah anda memberi tahu saya bagaimana pemanas di kantor kami dimatikan dan apa yang akan terjadi?',
  ],
  ['vi', 'Bạn có thể cho tôi biết cách tắt máy sưởi trong văn phòng khi không có người nào ở đó không?'],
  [
    'ru',
    'Скажите, пожалуйста, как выключить отопление в офисе, когда там никого нет, чтобы сэкономить деньги?',
  ],
  ['uk', 'Скажіть, будь ласка, як вимкнути опалення в офісі, коли там нікого немає?'],
  [
    'bg',
    'Можете ли да ми кажете как се изключва отоплението в офиса, когато няма никой вътре в стаята, за да не гърми?',
  ],
  ['el', 'Μπορείτε να μου πείτε πώς κλείνει η θέρμανση στο γραφείο όταν δεν είναι κανείς;'],
  ['ar', 'هل يمكنك أن تخبرني كيف يتم إيقاف التدفئة في المكتب عندما لا يكون هناك أحد؟'],
  ['fa', 'لطفاً بگویید وقتی کسی در دفتر نیست چگونه گرمایش را خاموش کنم؟'],
  ['he', 'אפשר להגיד לי איך מכבים את החימום במשרד כשאין שם אף אחד?'],
  ['hi', 'कृपया बताइए कि जब कार्यालय में कोई न हो तो हीटर कैसे बंद करें।'],
  ['th', 'ช่วยบอกวิธีปิดเครื่องทำความร้อนในสำนักงานเมื่อไม่มีใครอยู่'],
  ['zh', '请告诉我办公室没有人的时候怎么关掉暖气。'],
  ['ja', '誰もいないときにオフィスの暖房を消す方法を教えてください。'],
  ['ko', '사무실에 아무도 없을 때 난방을 끄는 방법을 알려 주세요.'],
])('%s', (language, text) => {
  expect(languageOf(text)).toBe(language)
})

test.each([
  ['short', 'Merci bien'],
  ['code', '```\nthe and of to is are was were that this with for you your have has\n```'],
  ['names and numbers', 'ACME GmbH & Co. KG, Müller, 4711, Paris, London, Tokyo, X-200, USB-C, HDMI'],
  [
    'half and half',
    'Здравствуйте, как ваши дела сегодня утром? The weather here is fine, thank you very much indeed.',
  ],
])('undecided: %s', (_what, text) => {
  expect(languageOf(text)).toBeUndefined()
})
