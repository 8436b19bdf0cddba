// biome-ignore format: reads as a table
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@gw/sqlite': ['sqlite'], '@gw/postgres': ['pgsql', 'postgres', 'postgresql'], '@gw/mysql': ['mysql', 'mariadb'],
  '@gw/mssql': ['sqlsrv', 'mssql'], '@gw/oracle': ['oracle'], '@gw/mongodb': ['mongodb'],
  '@gw/cassandra': ['cassandra'], '@gw/salesforce': ['salesforce_db', 'salesforce'],
  '@gw/local-files': ['local_file'], '@gw/s3': ['aws_s3', 's3'], '@gw/azure-blob': ['azure_blob'],
  '@gw/gcs': ['gcs'], '@gw/sftp': ['sftp_file', 'sftp'], '@gw/http': ['rws', 'http'], '@gw/soap': ['soap'],
  '@gw/script-node': ['nodejs'], '@gw/script-python': ['python', 'python3'], '@gw/script-php': ['php'],
  '@gw/smtp': ['smtp_email', 'smtp'], '@gw/mailgun': ['mailgun_email', 'mailgun'],
  '@gw/sparkpost': ['sparkpost_email', 'sparkpost'], '@gw/ses': ['aws_ses', 'ses'], '@gw/github': ['github'],
  '@gw/gitlab': ['gitlab'], '@gw/bitbucket': ['bitbucket'], '@gw/redis': ['cache_redis', 'redis'],
  '@gw/system': ['system', 'user'],
}

/** The package that is known to offer a type: for the advice to install it, nothing else. */
export const packageFor = (type: string): string | undefined =>
  Object.keys(PACKAGES).find((name) => PACKAGES[name]!.includes(type))

/** Names of types that one may have meant, though they are not installed. */
export const wellKnownTypes = (): readonly string[] => Object.values(PACKAGES).flat()

/** Whether it is one of gw's own connector packages. */
export const isWellKnown = (name: string): boolean => Object.hasOwn(PACKAGES, name)
