export { importSubpath } from './import.ts'
export { contractMismatch, type Manifest, parseManifest, readManifest } from './manifest.ts'
export { folderIn, type InstalledPackage } from './packages.ts'
export * from './registry.ts'
