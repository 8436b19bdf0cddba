/** What a first service of each of gw's own connectors looks like in gw.config, and what it needs in `.env`. */
export interface Starter {
  readonly package: string
  readonly hint: string
  /** The name that the service gets. */
  readonly service: string
  readonly type: string
  /** A text that begins with `$` is the name of an environment variable, which stands in `.env`. */
  readonly config: Readonly<Record<string, string | number | boolean>>
}

/** A database on a server: all of them are configured alike. */
const database = (name: string, service: string, type: string, hint: string, prefix: string): Starter => ({
  package: name,
  hint,
  service,
  type,
  config: { host: 'localhost', database: 'shop', username: 'shop_api', password: `$${prefix}_PASSWORD` },
})

export const STARTERS: Readonly<Record<string, Starter>> = {
  sqlite: {
    package: '@gw/sqlite',
    hint: 'a database file, made if there is none',
    service: 'db',
    type: 'sqlite',
    config: { database: 'data.db', create: true },
  },
  mysql: database('@gw/mysql', 'mysql', 'mysql', 'MySQL and MariaDB', 'MYSQL'),
  postgres: database('@gw/postgres', 'pgsql', 'pgsql', 'PostgreSQL', 'PGSQL'),
  mongodb: {
    package: '@gw/mongodb',
    hint: 'collections as tables',
    service: 'mongo',
    type: 'mongodb',
    config: { dsn: '$MONGODB_DSN' },
  },
  'local-files': {
    package: '@gw/local-files',
    hint: 'a folder of files',
    service: 'files',
    type: 'local_file',
    config: { container: 'files' },
  },
  s3: {
    package: '@gw/s3',
    hint: 'Amazon S3, and what speaks like it',
    service: 's3',
    type: 'aws_s3',
    config: { key: '$S3_KEY', secret: '$S3_SECRET', region: 'eu-central-1', container: 'documents' },
  },
  http: {
    package: '@gw/http',
    hint: 'any web service',
    service: 'web',
    type: 'rws',
    config: { base_url: 'https://api.example.com' },
  },
  smtp: {
    package: '@gw/smtp',
    hint: 'sends mail',
    service: 'mail',
    type: 'smtp_email',
    config: { host: 'localhost', port: 587, username: 'gw', password: '$SMTP_PASSWORD' },
  },
  github: {
    package: '@gw/github',
    hint: 'repositories, files, issues',
    service: 'github',
    type: 'github',
    config: { vendor: 'acme', username: 'acme-bot', token: '$GITHUB_TOKEN' },
  },
}
