/** What PUT and PATCH are said to do, which differs where records are documents. */
import type { Kit } from '../execute/work.ts'

const SELECTED =
  ' With ids or filter, the first record of the body is applied to all records selected; otherwise each record of the body carries its own id.'

const PLAIN = ['Change', 'Changes the fields that are given and leaves the others.'] as const
const REPLACE = [
  'Replace',
  'What is sent becomes the record: fields that are not sent are there no more, but for the key and what the caller can not write.',
] as const
const UPDATE = [
  'Change',
  'Changes the fields that are given and leaves the others. Fields also change by operators: {"$inc": {"visits": 1}, "$push": {"tags": "new"}}, and $set, $unset, $mul, $min, $max, $currentDate, $addToSet, $pull, $pullAll, $pop.',
] as const

export const changeTold = (
  { source }: Pick<Kit, 'source'>,
  method: 'PUT' | 'PATCH',
  what: 'a record' | 'records',
): { readonly summary: string; readonly description: string } => {
  const { documents } = source.capabilities
  const [verb, text] = documents ? (method === 'PUT' ? REPLACE : UPDATE) : PLAIN
  const selected = what === 'records' ? SELECTED : ''
  const found = documents && what === 'records' ? ' A filter may be a JSON object: {"age": {"$gt": 36}}.' : ''
  return {
    summary: `${verb} ${what}`,
    description: `${text}${selected}${found}${documents ? '' : ' PUT and PATCH are the same.'}`,
  }
}
