/** A folder as a node has it: the configuration of this example, with secrets. */
import { type Folder, folderWith as folderOf } from '../../../scripts/examples/gateway.ts'
import { EXAMPLE, read } from './files.ts'

export { type Folder, gw, type Node, startNode } from '../../../scripts/examples/gateway.ts'

/** @param secrets by the names of their files */
export const folderWith = (secrets: Readonly<Record<string, string>>): Folder =>
  folderOf({
    example: EXAMPLE,
    connectors: ['@gw/postgres', '@gw/system'],
    files: {
      'gw.config.yaml': read('gateway/gw.config.yaml'),
      ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secrets/${name}`, `${value}\n`])),
    },
  })
