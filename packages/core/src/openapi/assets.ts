/** The files of the docs page: a fixed list, read once, never a path from a client. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
}

const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** The public name of each file, where it lies, and its type. */
const FILES = {
  'docs.js': ['page', 'docs.js', SCRIPT],
  'docs.css': ['page', 'docs.css', STYLE],
  'favicon.svg': ['page', 'favicon.svg', 'image/svg+xml'],
  'index.html': ['page', 'index.html', 'text/html; charset=utf-8'],
  'swagger-ui-bundle.js': ['swagger', 'swagger-ui-bundle.js', SCRIPT],
  'swagger-ui.css': ['swagger', 'swagger-ui.css', STYLE],
} as const satisfies Readonly<Record<string, readonly ['page' | 'swagger', string, string]>>

export type AssetName = keyof typeof FILES
export const isAsset = (name: string): name is AssetName => Object.hasOwn(FILES, name)

/** The folders of the files; this package's own lie beside `src` and `dist`, whichever of them this runs from. */
const folders = () => {
  const own = findPackageJSON(import.meta.url)
  if (!own) throw new Error('The package.json of @gw/core is missing; install the package again.')
  return {
    page: join(dirname(own), 'assets', 'docs'),
    swagger: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
  }
}

/** Makes a reader; a file is read at its first request and kept. */
export const assetReader = (): ((name: AssetName) => Promise<Asset>) => {
  const read = new Map<AssetName, Promise<Asset>>()
  const load = async (name: AssetName): Promise<Asset> => {
    const [folder, file, type] = FILES[name]
    const body = new Uint8Array(await readFile(join(folders()[folder], file)))
    return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
  }
  return (name) => {
    let asset = read.get(name)
    if (!asset) {
      asset = load(name)
      read.set(name, asset)
      // A failure is not kept: the next request tries again.
      asset.catch(() => read.delete(name))
    }
    return asset
  }
}
