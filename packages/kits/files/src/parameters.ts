/** Parameters of a query, for validation and for the documents (the wire contract's services part, §2.2 to §2.8). */
import { isTrue } from '@gw/core'
import { z } from 'zod'

const parameter = (description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description })

export type Parameter = string | readonly string[] | undefined

/** Of one that is repeated, the last counts; an empty one is absent. */
export const textOf = (value: Parameter): string | undefined =>
  (typeof value === 'object' ? value.at(-1) : value) || undefined

/** What is no yes is a no: `include_properties=content_type`, which clients send, is one. */
export const says = (value: Parameter, otherwise = false): boolean => {
  const text = textOf(value)
  return text === undefined ? otherwise : isTrue(text)
}

export const listingQuery = z.looseObject({
  include_files: parameter('Whether files are listed. Default: true.'),
  include_folders: parameter('Whether folders are listed. Default: true.'),
  full_tree: parameter('true: also what is in the folders below.'),
  search: parameter('Only names with this text in them, in any case.'),
  fields: parameter('The keys that are answered, separated by commas.'),
  include_properties: parameter('true: what is known of the folder itself, in place of what is in it.'),
  zip: parameter('true: the whole folder as a ZIP archive.'),
  as_access_list: parameter('true, at the root: every folder as access rules name it.'),
})
export type ListingQuery = z.output<typeof listingQuery>

export const fileQuery = z.looseObject({
  download: parameter('true: to be saved, not shown.'),
  include_properties: parameter('true: what is known of the file, as JSON.'),
  content: parameter('true, with include_properties: the content, too.'),
  is_base64: parameter('false: the content as text. Default: true, in base64.'),
  presigned: parameter('download, upload: an address of the store’s own for it, where the store has such.'),
  expires: parameter('How long that address holds, in seconds. Default: 900.'),
})
export type FileQuery = z.output<typeof fileQuery>

export const uploadQuery = z.looseObject({
  url: parameter('An address to load the file from.'),
  filename: parameter('The name for it.'),
  extract: parameter('true: a ZIP archive is unpacked in place of being stored.'),
  clean: parameter('true, with extract: the folder is emptied before.'),
  check_exist: parameter('true: a file that is there already is not replaced.'),
})
export type UploadQuery = z.output<typeof uploadQuery>

export const removalQuery = z.looseObject({
  force: parameter('true: also folders that are not empty.'),
  content_only: parameter('true, with force: the folder stays, empty.'),
  no_check: parameter('true: what is not there is no mistake.'),
})
export type RemovalQuery = z.output<typeof removalQuery>
