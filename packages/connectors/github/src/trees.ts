/** Folders with more entries than the contents API lists, from git's own trees. */
import { GwError } from '@gw/core'
import type { Client } from './client.ts'
import type { entryOf } from './shapes.ts'

type Listed = Parameters<typeof entryOf>[0]

interface Place {
  readonly repo: string
  readonly path: string
  readonly ref: string | undefined
}

interface TreeEntry {
  readonly path?: string
  readonly mode?: string
  readonly type?: string
  readonly sha?: string | null
  readonly size?: number
}

/** Of git's modes (`120000` is a link), as the contents API names them. */
const typeOf = ({ mode, type }: TreeEntry): string => {
  if (type === 'tree') return 'dir'
  if (type === 'commit') return 'submodule'
  return mode === '120000' ? 'symlink' : 'file'
}

const treeOf = async (
  client: Client,
  repo: string,
  sha: string,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> => {
  const { request } = client
  const { data } = await request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner: client.owner,
    repo,
    tree_sha: sha,
    request: { signal },
  })
  if (data.truncated)
    throw new GwError(
      'unprocessable',
      'The folder has more entries than the host lists. Read its files by their paths.',
    )
  return data.tree
}

/**
 * Every entry of a folder.
 * @param listed what the contents API gave: kept as it is, and the others are told in the same form
 */
export const wholeFolder = async (
  client: Client,
  { repo, path, ref }: Place,
  listed: readonly Listed[],
  signal: AbortSignal,
): Promise<readonly Listed[]> => {
  let tree = await treeOf(client, repo, ref ?? 'HEAD', signal)
  for (const name of path === '' ? [] : path.split('/')) {
    const below = tree.find((entry) => entry.path === name && entry.type === 'tree')
    if (!below?.sha) throw new GwError('not_found', 'The folder was changed while it was read. Read it again.')
    tree = await treeOf(client, repo, below.sha, signal)
  }
  const known = new Map(listed.map((each) => [each.name, each]))
  return tree.map((entry) => {
    const name = entry.path ?? ''
    const own = { name, path: path === '' ? name : `${path}/${name}`, sha: entry.sha ?? '', size: entry.size ?? 0 }
    return known.get(name) ?? { ...own, type: typeOf(entry) }
  })
}
