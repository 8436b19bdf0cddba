/** What of the code the pages about kits and about the contract show. */
import { join } from 'node:path'
import { type Chapter, declarationsIn, fileOf, reference } from './declarations.ts'

interface Kit {
  /** What a connector gives. */
  readonly seam: readonly (readonly [file: string, names: readonly string[]])[]
  /** A connector that gives it. */
  readonly example: string
}

const KITS: Readonly<Record<string, Kit>> = {
  records: {
    seam: [['packages/kits/records/src/source.ts', ['RecordsCapabilities', 'RecordsSource', 'RunOptions', 'Changed']]],
    example: 'packages/create-gw-connector/templates/records/src/index.ts',
  },
  sql: {
    seam: [['packages/kits/sql/src/dialect.ts', ['SqlDialect', 'SqlConnection', 'SqlExecutor', 'SqlRunOptions']]],
    example: 'packages/create-gw-connector/templates/sql/src/index.ts',
  },
  files: {
    seam: [
      [
        'packages/kits/files/src/store.ts',
        ['FileStoreProvider', 'FileCapabilities', 'FileStore', 'OpenFile', 'WriteOptions', 'FileEntry', 'FolderEntry'],
      ],
    ],
    example: 'packages/create-gw-connector/templates/files/src/index.ts',
  },
  email: {
    seam: [
      ['packages/kits/email/src/provider.ts', ['EmailProvider', 'Mailer', 'Receipt']],
      ['packages/kits/email/src/message.ts', ['Message', 'Address', 'Attachment']],
      ['packages/kits/email/src/failure.ts', ['EmailReason']],
    ],
    example: 'packages/connectors/smtp/src/index.ts',
  },
  repos: {
    seam: [
      ['packages/kits/repos/src/host.ts', ['RepositoryProvider', 'RepositoryHost', 'Page', 'PageRequest', 'Told']],
      ['packages/kits/repos/src/failure.ts', ['HostFailure']],
    ],
    example: 'packages/connectors/github/src/index.ts',
  },
  script: {
    seam: [
      ['packages/kits/script/src/language.ts', ['ScriptLanguage', 'Interpreter', 'Limits']],
      ['packages/kits/script/src/protocol.ts', ['Order', 'Report', 'Thrown', 'ApiCall', 'ApiAnswer']],
    ],
    example: 'packages/connectors/script-python/src/index.ts',
  },
  remote: {
    seam: [
      ['packages/kits/remote/src/openapi/endpoints.ts', ['EndpointOptions', 'OperationCall']],
      ['packages/kits/remote/src/attempts.ts', ['AttemptOptions', 'Attempts']],
      ['packages/kits/remote/src/token.ts', ['Tokens', 'ClientCredentials']],
    ],
    example: 'packages/connectors/http/src/index.ts',
  },
}

const CONTRACT: readonly Chapter[] = [
  { title: 'A service type', names: ['ServiceType', 'defineServiceType', 'Group', 'Capabilities', 'Schema', 'secret'] },
  { title: 'A running service', names: ['Service', 'Resource', 'Explanation', 'Reader', 'ModelRequest'] },
  { title: 'An endpoint', names: ['Endpoint', 'endpoint', 'Bytes', 'Condition', 'Method'] },
  { title: 'A call', names: ['Call', 'Step', 'RecordStream', 'Repeatable', 'SessionCookie'] },
  { title: 'Who calls, and what they may', names: ['Caller', 'Grant', 'RowFilter', 'RowCondition'] },
  { title: 'Answers', names: ['Reply', 'rows', 'Rows', 'encoded', 'Encoded'] },
  { title: 'Failures', names: ['GwError', 'GwErrorOptions', 'STATUS', 'ErrorCode', 'Wire'] },
  { title: 'The gateway around a service', names: ['Host', 'State', 'StateEntry', 'Logger'] },
  { title: 'Connections of its own', names: ['Outgoing', 'OutgoingOptions', 'OutgoingTls', 'OutgoingProxy'] },
  {
    title: 'Scripts',
    names: [
      'ScriptEngine',
      'ScriptDefinition',
      'Script',
      'ScriptHost',
      'ScriptRun',
      'ScriptEvent',
      'ScriptRequest',
      'ScriptResponse',
      'ScriptSession',
      'ScriptOutcome',
      'Standing',
    ],
  },
]

interface Page {
  readonly file: string
  readonly of: string
  readonly table: string
}

/** @param root absolute path of the repository */
export const kitPages = (root: string): readonly Page[] => [
  ...Object.entries(KITS).flatMap(([name, { seam, example }]): Page[] => {
    const file = join(root, 'docs/kits', `${name}.md`)
    const declared = seam.map(([source, names]) => declarationsIn(join(root, source), names))
    return [
      { file, of: 'seam', table: declared.join('\n\n') },
      { file, of: 'example', table: fileOf(join(root, example)) },
    ]
  }),
  {
    file: join(root, 'docs/reference/contract.md'),
    of: 'contract',
    table: reference(join(root, 'packages/core/api/contract.d.ts'), CONTRACT, 'Beside them'),
  },
]
