/**
 * Writes on one record that depend on what it is (RFC 9110 §13.1): `If-Match` with what a GET of the same URL answered,
 * and `If-None-Match: *`. The record is locked, looked at and written in one transaction.
 */
import { entityTag, GwError, isEncoded, isMatched, isTagList, type Reply } from '@gw/core'
import { castIdentifier, identifiers, soleIdentifier } from '../params/fields.ts'
import type { RecordsParams } from '../params/query.ts'
import { transacted } from '../steps/transacted.ts'
import { viewOf } from '../view.ts'
import { readOne } from './read.ts'
import { notFound, type Work } from './work.ts'

const failed = (message: string): GwError => new GwError('precondition_failed', message)
const changed = (id: string): GwError =>
  failed(
    `Record with identifier '${id}' is not what If-Match says: it has changed, or the tag is of another URL. Read it again.`,
  )

/** Keeps the record as it is until the transaction ends; says whether there is one for the caller to write. */
const lockOne = async (work: Work, id: string): Promise<boolean> => {
  const { planner, rows: claims, source, run, params } = work
  const field = soleIdentifier(work.identifiers)
  const { plan } = planner.read(work, { only: [field], target: { kind: 'key', fields: [field] }, lock: true })
  const found = await source.read(plan, [castIdentifier(field, id, params.idType), ...claims.values, 1], run)
  return found.length > 0
}

/**
 * The tag of what the caller would read at this URL. Their right to write may show other fields and other records than
 * their right to read: only what they may read has a tag.
 */
const tagNow = async (work: Work, id: string): Promise<string | undefined> => {
  const { call, scope } = work
  const params = call.query as RecordsParams
  const view = work.reading ?? viewOf(call, scope.table, 'GET')
  const reading: Work = { ...work, ...view, params, identifiers: identifiers(params, view.scope) }
  try {
    const reply: Reply = await readOne(reading, id)
    return entityTag(isEncoded(reply) ? (reply.bytes ?? reply.json) : JSON.stringify(reply))
  } catch (error) {
    if (GwError.is(error) && error.code === 'not_found') return undefined
    throw error
  }
}

const whereMatched = (work: Work, id: string, header: string, write: (work: Work) => Promise<Reply>) => {
  const { source, call, options } = work
  if (!isTagList(header)) throw new GwError('invalid_request', 'If-Match is *, or tags in quotes: "…", "…".')
  if (!source.capabilities.locking || !source.transaction)
    throw new GwError('not_supported', 'This service can not make a write depend on what a record is.')
  return transacted(source, call.signal, async (within) => {
    const own: Work = { ...work, source: within, options: { ...options, allowUpsert: false } }
    if (!(await lockOne(own, id))) throw options.allowUpsert ? changed(id) : notFound(id)
    if (header.trim() !== '*') {
      const tag = await tagNow(own, id)
      if (tag === undefined || !isMatched(header, tag)) throw changed(id)
    }
    return write(own)
  })
}

/** Does a write on one record as the conditions of its call want it. */
export const conditional = (work: Work, id: string, write: (work: Work) => Promise<Reply>): Promise<Reply> => {
  const matched = work.call.header('if-match')
  return matched ? whereMatched(work, id, matched, write) : write(work)
}

/**
 * Whether a record is to be created and not changed.
 * @throws GwError `invalid_request` for an `If-None-Match` that says something else
 */
export const isOnlyNew = ({ call }: Work): boolean => {
  const header = call.header('if-none-match')
  if (!header) return false
  if (header.trim() === '*') return true
  throw new GwError('invalid_request', 'If-None-Match of a write is *: the record must not be there yet.')
}

/** The answer to a record that was to be created, and is there. */
export const isThere = (id: string): GwError => failed(`Record with identifier '${id}' is there already.`)
