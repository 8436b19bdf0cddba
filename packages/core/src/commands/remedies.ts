/** What to do about a service that is down, by what its failure says. The first that fits. */
// biome-ignore format: reads as a table
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/npm install/, 'install it'],
  [/is it built/, 'build the package'],
  [/environment variable/, 'set the variable, in the environment or in .env'],
  [/\$\{file:/, 'put the file there, or correct its path'],
  [/configuration is not valid/, 'correct its config; `gw schema` gives your editor the keys'],
  [/contract \^?\d/, 'install versions that fit together'],
  [/ECONNREFUSED|connection refused|refused the connection/i, 'is the server running? check host and port'],
  [/ENOTFOUND|EAI_AGAIN|could not be resolved/i, 'check the host name'],
  [/password|authentication|access denied|login failed|28P01|\b401\b/i, 'check user name and password'],
  [/certificate|self.signed|\bSSL\b|\bTLS\b/i, 'check the TLS options and the certificate'],
  [/within \d+ seconds|timed? ?out|ETIMEDOUT/i, 'is it reachable from here? a firewall may drop the connection'],
  [/ENOENT|no such file|unable to open/i, 'check the path'],
  [/EACCES|permission denied/i, 'give the gateway’s user the right to it'],
  [/database .* does not exist|unknown database|3D000/i, 'check the name of the database'],
  [/egress|allow-list|not allowed/i, 'add the host to egress.allow'],
]

/** A short piece of advice for a failure, or `''`. */
export const remedyFor = (failure: string): string => REMEDIES.find(([pattern]) => pattern.test(failure))?.[1] ?? ''
