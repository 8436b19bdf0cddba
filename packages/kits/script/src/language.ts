/** What a language has to say for itself; processes, limits, isolation and calls are the kit's. */
import type { Mount } from './isolation/sandbox.ts'

export interface Interpreter {
  /** The program's own path, no link. */
  readonly program: string
  /** What it is made of beside itself and the system's libraries. */
  readonly mounts: readonly Mount[]
  /** As it tells it: `v24.1.0`. */
  readonly version: string
}

export interface Limits {
  /** MiB that a script may use. */
  readonly memory: number
}

export interface ScriptLanguage {
  /** The service type's name on the wire: `nodejs`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  /** What names of its files end with: `js`. */
  readonly extensions: readonly string[]
  /** The program in the language that takes orders (`protocol.ts`) on file descriptor 3. */
  readonly runner: URL
  /**
   * Finds the interpreter of this host.
   * @returns a sentence that says what is missing and what to do, where there is none
   */
  find(): Promise<Interpreter | string>
  /** The arguments that have it run `runner`, a path. */
  arguments(runner: string, limits: Limits): readonly string[]
  /** What the interpreter reserves beyond what scripts use, in MiB, and by which of the kernel's counts it is held. */
  readonly overhead: { readonly by: 'as' | 'data'; readonly memory: number }
  /** Whether the interpreter itself keeps scripts from files and processes, where the host can not. */
  readonly restricts: boolean
  /** Whether a process that ended by itself, with what it said last, had used up its memory. */
  ranOut(said: string): boolean
}
