/** Buckets per doubling: the bounds of one are a fifth apart. */
const PER_DOUBLING = 4
/** The last bucket ends at about a day. */
const LAST = 108

/** How many times were in each bucket, by its number. Histograms of the same buckets are merged by adding, so percentiles of any period and group can be told. */
export type Histogram = Map<number, number>

/** The bucket of a time: 0 up to a millisecond, and then as many for each doubling. */
export function bucketOf(ms: number): number {
  if (!(ms > 1)) return 0
  return Math.min(LAST, Math.ceil(Math.log2(ms) * PER_DOUBLING))
}

/** Adds so many times to a bucket. */
export function addTimes(histogram: Histogram, bucket: number, times: number): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + times)
}

/** Adds one histogram to another. */
export function mergeHistogram(into: Histogram, from: Histogram): void {
  for (const [bucket, times] of from) addTimes(into, bucket, times)
}

/**
 * The time below which a share of all lies, within a fifth; undefined where there are none: nothing has no percentile.
 *
 * @param share from 0 to 1
 */
export function quantileOf(histogram: Histogram, share: number): number | undefined {
  let total = 0
  for (const times of histogram.values()) total += times
  if (total === 0) return undefined
  let left = share * total
  const buckets = [...histogram].sort(([one], [other]) => one - other)
  for (const [bucket, times] of buckets) {
    if (left <= times) return 2 ** ((bucket - 1 + left / times) / PER_DOUBLING)
    left -= times
  }
  return 2 ** ((buckets.at(-1)?.[0] ?? 0) / PER_DOUBLING)
}

/** A histogram as text: bucket and times, bucket and times; the empty text for none. */
export function writeHistogram(histogram: Histogram): string {
  let text = ''
  for (const [bucket, times] of histogram) text += text === '' ? `${bucket} ${times}` : ` ${bucket} ${times}`
  return text
}

const SPACE = 32
const ZERO = 48

/** Adds what `writeHistogram` wrote to a histogram. By its characters: the parts of texts cost thrice as much. */
export function readHistogram(into: Histogram, text: string): void {
  let bucket = -1
  let number = 0
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? SPACE : text.charCodeAt(at)
    if (code !== SPACE) {
      number = number * 10 + code - ZERO
    } else if (bucket < 0) {
      bucket = number
      number = 0
    } else {
      addTimes(into, bucket, number)
      bucket = -1
      number = 0
    }
  }
}
