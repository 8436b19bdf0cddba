/** A bucket as a store of files. */

import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Host } from '@gw/core'
import { type FileStore, failureOf, isConditional, isFolder, takeTurns } from '@gw/files'
import { bucketOf, ensure, verify } from './bucket.ts'
import type { S3Config } from './config.ts'
import { findFile, findFolder, list } from './entries.ts'
import { copyObject, MOST_COPIED, markFolder, openObject, writeObject } from './objects.ts'
import { removeFolder, removeObject } from './removing.ts'

export const openStore = (config: S3Config, host: Pick<Host, 'lookup'>): FileStore => {
  const bucket = bucketOf(config, host)
  // Conditions are the store's to keep. Where it knows none, they hold within this gateway.
  const turns = takeTurns()
  return {
    start: (signal) => ensure(bucket, signal),
    verify: (signal) => verify(bucket, signal),
    find: (path, signal) => (isFolder(path) ? findFolder(bucket, path, signal) : findFile(bucket, path, signal)),
    list: (folder, recursive, signal) => list(bucket, folder, recursive, signal),
    open: (path, signal) => openObject(bucket, path, signal),
    write(path, content, options) {
      const write = () => writeObject(bucket, path, content, options)
      return isConditional(options.condition) ? turns(path, write) : write()
    },
    remove: (path, condition, signal) => turns(path, () => removeObject(bucket, path, condition, signal)),
    async makeFolder(path, signal) {
      if (await findFolder(bucket, path, signal)) return false
      await markFolder(bucket, path, signal)
      return true
    },
    removeFolder: (path, what, signal) => removeFolder(bucket, path, what, signal),
    async copy(from, to, signal) {
      if (from.size <= MOST_COPIED) return copyObject(bucket, from, to, signal)
      const file = await openObject(bucket, from.path, signal)
      if (!file) throw failureOf('changed')
      const { size, type = 'application/octet-stream' } = file.entry
      try {
        await writeObject(bucket, to, file.read(), { type, size, condition: {}, signal })
      } finally {
        await file.close()
      }
    },
    presign(path, { to, expires }) {
      const object = { Bucket: bucket.name, Key: bucket.keyOf(path) }
      const command = to === 'upload' ? new PutObjectCommand(object) : new GetObjectCommand(object)
      return getSignedUrl(bucket.client, command as never, { expiresIn: expires })
    },
    close: async () => bucket.client.destroy(),
  }
}
