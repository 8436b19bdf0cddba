/** A database, a gateway in front of it, and a client. */
import { clientOf } from './client.ts'
import { type Address, DATABASES, type DatabaseName } from './databases/index.ts'
import { startGateway } from './gateway.ts'
import type { Stage } from './proof.ts'
import type { Scale } from './scale.ts'

export interface OpenStage {
  readonly name: DatabaseName
  /** Where the database is not a file. */
  readonly server?: Address | undefined
  readonly scale: Scale
  readonly onProgress?: Stage['onProgress']
}

export const openStage = async ({ name, server, scale, onProgress = () => {} }: OpenStage) => {
  const database = await DATABASES[name](server, scale)
  const gateway = await startGateway(database, { config: { max_records: 10_000 } }).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  const client = clientOf(gateway)
  const stage: Stage = { database, gateway, client, scale, onProgress }
  return {
    stage,
    async close() {
      client.close()
      await gateway.stop()
      await database.close()
    },
  }
}
