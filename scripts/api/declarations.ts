/**
 * The declarations of a package as its users see them: for each public entry, one text with everything that it exports
 * and what that is made of, in the order of names. API Extractor finds out what that is; `tsc` writes what it reads.
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { run } from '../publish/run.ts'

/** Texts by the name of the entry: `contract`, `kernel`. */
export type Declarations = Readonly<Record<string, string>>

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
}

/**
 * The entries of a package that have types: `./src/kernel.ts` is `kernel`. What lies in a folder is a process's own
 * program, which nobody imports.
 */
const entriesOf = (folder: string): readonly string[] => {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return Object.values(exports).flatMap((file) => /^\.\/src\/([\w-]+)\.ts$/.exec(file)?.[1] ?? [])
}

const NONE = { default: { logLevel: ExtractorLogLevel.None } }

interface Place {
  /** Absolute paths of the repository, of the package, and of what `tsc` wrote. */
  readonly root: string
  readonly folder: string
  readonly emitted: string
}

const rolled = (emitted: string, entry: string): string => join(emitted, 'rolled', `${entry}.d.ts`)

const configurationOf = ({ root, folder, emitted }: Place, entry: string): ExtractorConfig => {
  const packageJsonFullPath = join(folder, 'package.json')
  const mainEntryPointFilePath = join(emitted, `${entry}.d.ts`)
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath,
    configObject: {
      projectFolder: emitted,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            allowImportingTsExtensions: true,
            module: 'nodenext',
            noEmit: true,
            skipLibCheck: true,
            strict: true,
            target: 'es2024',
            typeRoots: [join(root, 'node_modules/@types')],
            types: ['node'],
          },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: { enabled: false },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: rolled(emitted, entry) },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: NONE,
        tsdocMessageReporting: NONE,
      },
    },
  })
}

/** Declarations of a text, each with its comment. No blank line is inside of one. */
const partsOf = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split('\n\n')
    .filter((part) => part !== 'export { }')

const bare = (part: string): string => part.replace(/^export (?=declare )/m, '')

/** Leaves out of each text what one before it declares, so that each thing is shown once. */
const apart = (entries: readonly string[], texts: readonly string[]): Declarations => {
  const known = new Set<string>()
  return Object.fromEntries(
    entries.map((entry, at) => {
      const parts = partsOf(texts[at]!)
      const own = parts.filter((part) => !known.has(bare(part)))
      for (const part of parts) known.add(bare(part))
      const before = entries.slice(0, at).map((name) => `${name}.d.ts`)
      const head = at === 0 ? [] : [`// Beside what is in ${before.join(', ')}.`]
      return [entry, `${[...head, ...own].join('\n\n')}\n`]
    }),
  )
}

const roll = (place: Place, entries: readonly string[]): readonly string[] => {
  const configurations = entries.map((entry) => configurationOf(place, entry))
  const [first] = configurations
  if (first === undefined) throw new Error(`${place.folder} exports nothing that has types.`)
  const additionalEntryPoints = configurations.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath)
  const compilerState = CompilerState.create(first, { additionalEntryPoints })
  for (const configuration of configurations) {
    const { succeeded } = Extractor.invoke(configuration, {
      compilerState,
      localBuild: true,
      messageCallback(message) {
        message.handled = message.logLevel !== 'error'
      },
    })
    if (!succeeded) throw new Error(`The declarations of ${configuration.mainEntryPointFilePath} can not be read.`)
  }
  return entries.map((entry) => readFileSync(rolled(place.emitted, entry), 'utf8'))
}

/**
 * @param root absolute path of the repository
 * @param folder absolute path of the package
 * @throws Error with what the compiler says
 */
export const declarationsOf = async (root: string, folder: string): Promise<Declarations> => {
  // Outside of `node_modules`, where all that is found counts as another package's.
  const emitted = mkdtempSync(join(tmpdir(), 'gw-declarations-'))
  try {
    symlinkSync(join(folder, 'node_modules'), join(emitted, 'node_modules'))
    const options = ['--outDir', emitted, '--tsBuildInfoFile', join(emitted, 'tsbuildinfo')]
    await run(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.dts.json'), ...options], { cwd: root })
    const entries = entriesOf(folder)
    return apart(entries, roll({ root, folder, emitted }, entries))
  } finally {
    rmSync(emitted, { recursive: true, force: true })
  }
}
