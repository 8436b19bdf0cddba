import { existsSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { ConfigurationError } from './problems.ts'
import { interpolate, referencedFiles } from './references.ts'
import type { ConfigurationFormat, LoadedConfiguration } from './schema.ts'
import { readSource, type Source } from './source.ts'
import { validateConfiguration } from './validate.ts'

// biome-ignore format: reads as a table; the first that is there is taken
const FORMATS: Readonly<Record<string, ConfigurationFormat>> = {
  '.ts': 'ts', '.js': 'js', '.mjs': 'js', '.json': 'json', '.yaml': 'yaml', '.yml': 'yaml',
}

const NOTHING: Source = { value: {}, lineOf: () => undefined }

export interface LoadOptions {
  /** The folder to look in. */
  readonly cwd: string
  /** The file itself, instead of the first `gw.config.*`; relative to `cwd`. */
  readonly file?: string | undefined
  /** What `${env:…}` reads. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Makes the whole of what the file says, before it is checked; a file that is not there says nothing. */
  readonly complete?: ((written: object) => object) | undefined
}

/**
 * Reads, resolves and checks `gw.config.{ts,js,mjs,json,yaml,yml}`. The services' own `config` keeps its references:
 * a service whose secret is missing is down, the others run.
 * @throws ConfigurationError with every problem, its path, and its line where the format has lines
 */
export const loadConfiguration = async ({
  cwd,
  file,
  env = process.env,
  complete,
}: LoadOptions): Promise<LoadedConfiguration> => {
  const path = file === undefined ? findConfiguration(cwd) : resolve(cwd, file)
  if (path === undefined || (!existsSync(path) && !complete)) {
    const message =
      file === undefined ? `there is no gw.config.* in ${cwd}. Make one with: gw init` : `${file} does not exist`
    throw new ConfigurationError([{ path: '', message }])
  }
  const format = FORMATS[extname(path)]
  if (format === undefined) {
    const message = `its name must end with one of ${Object.keys(FORMATS).join(', ')}`
    throw new ConfigurationError([{ path: '', message }], basename(path))
  }
  const root = dirname(path)
  const { value: written, lineOf } = existsSync(path) ? await readSource(path, format) : NOTHING
  const value = complete && typeof written === 'object' && written !== null ? complete(written) : written
  const resolved = named(path, () => interpolate(value, { env, root, skip: isServiceConfig }))
  const { problems, ...validated } = validateConfiguration(resolved, lineOf)
  if (!('config' in validated)) throw new ConfigurationError(problems!, basename(path))
  return { config: validated.config, file: path, root, format, references: referencedFiles(value, root), lineOf }
}

const findConfiguration = (folder: string): string | undefined =>
  Object.keys(FORMATS)
    .map((extension) => resolve(folder, `gw.config${extension}`))
    .find((path) => existsSync(path))

const isServiceConfig = (path: readonly PropertyKey[]): boolean =>
  path.length === 3 && path[0] === 'services' && path[2] === 'config'

/** Puts the file's name before an error's problems. */
const named = <T>(file: string, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(error.problems, basename(file)) : error
  }
}
