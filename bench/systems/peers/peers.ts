/** The peers, in the order in which they start: those that write tables of their own into the database come last. */
import { directus } from './directus.ts'
import { feathers } from './feathers.ts'
import { nocodb } from './nocodb.ts'
import type { Peer } from './peer.ts'
import { platformatic } from './platformatic.ts'
import { postgraphile } from './postgraphile.ts'

export const PEERS: readonly Peer[] = [platformatic, postgraphile, feathers, nocodb, directus]

/** Whom one would expect here. */
export const NOT_INSTALLABLE: readonly { readonly label: string; readonly reason: string }[] = [
  { label: 'php-crud-api', reason: 'it is published on Packagist and GitHub; neither npm nor Debian has it.' },
  { label: 'PostgREST', reason: 'it is published as binaries and container images; neither npm nor Debian has it.' },
]
