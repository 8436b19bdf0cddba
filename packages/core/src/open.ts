/** A project as the `gw` command opens it, for programs that embed a gateway and for tests of whole packages. */
export { governanceContext, type OpenedGateway, type OpenOptions, openGateway } from './commands/open.ts'
export { openProject, type Project, type ProjectLocation } from './commands/project.ts'
export { createLogger, type KernelLogger, type LogOptions } from './log/index.ts'
