/** A store of files, a gateway in front of it in a process of its own, and a client. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFauxqs } from 'fauxqs'
import { type Client, clientOf } from '../client.ts'
import { type Gateway, type Served, startGateway } from '../gateway.ts'

interface Store {
  readonly served: Served
  /** What was begun and not ended, as far as the store shows it: partial files, and files that the gateway has open. */
  unfinished(gateway: number): readonly string[]
  close(): Promise<void>
}

export interface FileStage {
  readonly gateway: Gateway
  readonly client: Client
  readonly store: Store
  /** bytes */
  readonly size: number
  readonly onProgress: (done: number, of: number) => void
}

const openBelow = (gateway: number, folder: string): readonly string[] =>
  readdirSync(`/proc/${gateway}/fd`).flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/${gateway}/fd/${fd}`)
      return file.startsWith(`${folder}/`) ? [`open ${file}`] : []
    } catch {
      return []
    }
  })

const directory = async (): Promise<Store> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-stress-files-'))
  return {
    served: { connector: '@gw/local-files', service: { type: 'local_file', config: { container: folder } }, probe: '' },
    unfinished: (gateway) => [
      ...readdirSync(folder).filter((name) => name.startsWith('.gw-partial-')),
      ...openBelow(gateway, folder),
    ],
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Object bodies lie in files, so that the run itself does not need their memory for long. */
const s3 = async (): Promise<Store> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-stress-s3-'))
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, s3StorageDir: folder })
  const config = {
    key: 'key-of-a-stress-run',
    secret: 'secret-of-a-stress-run',
    region: 'us-east-1',
    container: 'stress',
    endpoint: `http://127.0.0.1:${server.port}`,
    use_path_style_endpoint: true,
  }
  return {
    served: { connector: '@gw/s3', service: { type: 'aws_s3', config }, probe: '', allow: ['127.0.0.1'] },
    unfinished: () => [],
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const STORES = { directory, s3 } as const
export type StoreName = keyof typeof STORES

export const openFileStage = async (name: StoreName, size: number, onProgress: FileStage['onProgress'] = () => {}) => {
  const store = await STORES[name]()
  const gateway = await startGateway(store.served).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const client = clientOf(gateway)
  const stage: FileStage = { gateway, client, store, size, onProgress }
  return {
    stage,
    async close() {
      client.close()
      await gateway.stop()
      await store.close()
    },
  }
}
