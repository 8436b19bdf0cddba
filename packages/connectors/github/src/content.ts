/** Files and folders by GitHub's contents API, and by its trees and blobs where that one ends. */
import { GwError } from '@gw/core'
import type { FileChange, FileContent, FolderContent, RepositoryHost } from '@gw/repos'
import type { Client } from './client.ts'
import { isTaken } from './errors.ts'
import { changeOf, entryOf } from './shapes.ts'
import { wholeFolder } from './trees.ts'

/** Of a folder with more entries, the contents API only lists so many, and does not say so. */
const LISTED = 1_000

type Native = Readonly<Record<string, unknown>>

const folderOf = (list: readonly (Parameters<typeof entryOf>[0] & object)[]): FolderContent => ({
  kind: 'folder',
  entries: list.map((each) => ({ value: entryOf(each), native: each as unknown as Native })),
})

export const contentCalls = (
  client: Client,
): Pick<RepositoryHost, 'content' | 'createFile' | 'updateFile' | 'deleteFile'> => {
  const { owner, request } = client

  /** Up to 100 MB; the contents API sends none beyond 1 MB. */
  const blob = async (repo: string, sha: string, signal: AbortSignal): Promise<Uint8Array> => {
    const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}'
    const { data } = await request(route, { owner, repo, file_sha: sha, request: { signal } })
    return Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8')
  }

  const fileOf = (repo: string, data: Parameters<typeof entryOf>[0]): FileContent => ({
    kind: 'file',
    entry: entryOf(data),
    native: data as unknown as Native,
    async bytes(signal) {
      const { content, encoding, target } = data as { content?: string; encoding?: string; target?: string }
      if (data.type === 'symlink') return Buffer.from(target ?? '', 'utf8')
      if (data.type === 'submodule')
        throw new GwError('unprocessable', 'This is another repository (a submodule): it has no content here.')
      if (encoding === 'base64' && (content !== '' || data.size === 0)) return Buffer.from(content ?? '', 'base64')
      return blob(repo, data.sha, signal)
    },
  })

  const put = async (
    repo: string,
    path: string,
    sha: string | undefined,
    { content, message, branch, author }: FileChange,
    signal: AbortSignal,
  ) => {
    const { data } = await request('PUT /repos/{owner}/{repo}/contents/{path}', {
      owner,
      repo,
      path,
      message,
      content: Buffer.from(content).toString('base64'),
      ...(sha !== undefined && { sha }),
      ...(branch !== undefined && { branch }),
      ...(author && { author }),
      request: { signal },
    })
    return changeOf(path, data)
  }

  return {
    async content(repo, path, ref, signal) {
      const { data } = await request('GET /repos/{owner}/{repo}/contents/{path}', {
        owner,
        repo,
        path,
        ...(ref !== undefined && { ref }),
        request: { signal },
      })
      if (!Array.isArray(data)) return fileOf(repo, data)
      return folderOf(data.length < LISTED ? data : await wholeFolder(client, { repo, path, ref }, data, signal))
    },
    async createFile(repo, path, change, signal) {
      try {
        return await put(repo, path, undefined, change, signal)
      } catch (error) {
        if (!isTaken(error)) throw error
        throw new GwError('conflict', 'There is a file at this path already. To replace it, use PUT with its sha.')
      }
    },
    updateFile: put,
    async deleteFile(repo, path, sha, { message, branch, author }, signal) {
      const { data } = await request('DELETE /repos/{owner}/{repo}/contents/{path}', {
        owner,
        repo,
        path,
        sha,
        message,
        ...(branch !== undefined && { branch }),
        ...(author && { author }),
        request: { signal },
      })
      return changeOf(path, data)
    },
  }
}
