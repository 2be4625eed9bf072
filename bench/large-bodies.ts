/** One caller who sends a large body after the other, in a process of its own so that small callers are not measured through it. */
const [url = '', headers = '{}', model = '', megabytes = '20'] = process.argv.slice(2)
const content = 'All that stands in a large document, read aloud once more. '.repeat(
  (Number(megabytes) * 1024 * 1024) / 59,
)
const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 200 })

console.log('sending')
for (;;) {
  const response = await fetch(url, {
    method: 'POST',
    headers: JSON.parse(headers) as Record<string, string>,
    body,
  })
  await response.arrayBuffer()
  console.log(response.status)
}
