/** Which folders of packages are served where: what their manifests say under `static`. */
import { folderIn, type InstalledPackage } from '../discovery/index.ts'
import { type Folder, openFolder } from './folder.ts'

/** By the first segment of their paths: `console`. */
export type Mounts = ReadonlyMap<string, Folder>

/** What two packages claim is served by neither: the registry says so as a problem. */
export const mountsOf = (packages: readonly InstalledPackage[]): Mounts => {
  const claims = packages
    .filter(({ refused }) => refused === undefined)
    .flatMap(({ directory, manifest }) =>
      Object.entries(manifest.static).map(([path, folder]) => ({ name: path.slice(1), directory, folder })),
    )
  const mounts = new Map<string, Folder>()
  for (const [name, [claim, ...others]] of Map.groupBy(claims, (one) => one.name)) {
    const root = claim && others.length === 0 ? folderIn(claim.directory, claim.folder) : undefined
    if (root !== undefined) mounts.set(name, openFolder(root))
  }
  return mounts
}
