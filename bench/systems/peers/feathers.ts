/** Feathers with its knex adapter: what its generator makes, without hooks. It has no words for parents with children. */
import { SIGNUP, type Words } from '../../workloads.ts'
import type { Target } from '../target.ts'
import { lend, type Peer, startIn } from './peer.ts'

const words: Words = (question) => {
  switch (question.ask) {
    case 'customer':
      return { method: 'GET', path: `/customers/${question.id}` }
    case 'named':
      return {
        method: 'GET',
        path: `/customers?last_name=${question.lastName}&$sort[id]=1&$limit=${question.limit}`,
      }
    case 'list':
      return { method: 'GET', path: `/customers?$sort[id]=1&$limit=${question.limit}` }
    case 'insert':
      return { method: 'POST', path: '/signups', body: JSON.stringify(SIGNUP) }
    case 'orders':
      return undefined
  }
}

const rows: Target['rows'] = (_question, answer) => answer.data ?? [answer]

export const feathers: Peer = {
  name: 'feathers',
  label: 'Feathers with knex',
  callers: 'anyone',
  async start(place) {
    const script = lend(place.folder, 'feathers.mjs')
    return { ...(await startIn(place, { name: 'feathers', script, probe: '/customers/1' })), words, rows }
  },
}
