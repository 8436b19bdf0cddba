export { importSubpath } from './import.ts'
export { contractMismatch, type Manifest, parseManifest, readManifest } from './manifest.ts'
export type { InstalledPackage } from './packages.ts'
export * from './registry.ts'
