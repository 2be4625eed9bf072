import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { NoticeList, strictNotices } from './notice.ts'

describe('a list of notices', () => {
  test('holds each once, however often it is given', () => {
    const list = new NoticeList()
    for (let count = 0; count < 70; count += 1) list.add('cache.hint-dropped')
    list.add('param.dropped', 'seed')
    list.add('param.dropped', 'top_k')
    list.add('param.dropped', 'seed')
    expect(list.all).toEqual([
      { code: 'cache.hint-dropped' },
      { code: 'param.dropped', subject: 'seed' },
      { code: 'param.dropped', subject: 'top_k' },
    ])
  })

  test('that is full of hints still shows a loss to strict mode, and stays within its bound', () => {
    const list = new NoticeList()
    for (let index = 0; index < LIMITS.notices; index += 1) list.add('unknown.dropped', `field${index}`)
    list.add('native.dropped', 'messages[0]')
    expect(list.all).toHaveLength(LIMITS.notices)
    expect(strictNotices(list.all)).toEqual([{ code: 'native.dropped', subject: 'messages[0]' }])
  })

  test('that is full of losses takes nothing more', () => {
    const list = new NoticeList()
    for (let index = 0; index <= LIMITS.notices; index += 1) list.add('native.dropped', `messages[${index}]`)
    expect(list.all).toHaveLength(LIMITS.notices)
  })
})
