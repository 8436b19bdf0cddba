/** The command line of a worker: limits, then the sandbox, then the interpreter. */
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Interpreter, ScriptLanguage } from '../language.ts'
import type { Isolation } from './detect.ts'
import { sandboxArguments } from './sandbox.ts'

/** Bytes of a worker's temporary folder, and of a file in it. */
const TEMPORARY = 16_777_216
const MIB = 1_048_576
const OPEN_FILES = 64
/** Threads of the interpreter and its like. Not held for the superuser, for whom the sandbox refuses processes. */
const PROCESSES = 4_096

export interface WorkerCommand {
  readonly program: string
  readonly args: readonly string[]
}

export interface CommandOptions {
  readonly language: ScriptLanguage
  readonly interpreter: Interpreter
  readonly isolation: Isolation
  /** MiB */
  readonly memory: number
  /** Where the filter of system calls is read from. */
  readonly seccomp: number | undefined
}

const limited = ({ overhead }: ScriptLanguage, memory: number): readonly string[] => [
  `--${overhead.by}=${(memory + overhead.memory) * MIB}`,
  `--fsize=${TEMPORARY}`,
  `--nofile=${OPEN_FILES}`,
  `--nproc=${PROCESSES}`,
  '--core=0',
]

export const workerCommand = (options: CommandOptions): WorkerCommand => {
  const { language, interpreter, isolation, memory, seccomp } = options
  const runner = fileURLToPath(language.runner)
  const inside = `/runner/${basename(runner)}`
  const { bwrap, nice, prlimit } = isolation
  const words = [
    ...(nice ? [nice, '-n', '5'] : []),
    ...(prlimit ? [prlimit, ...limited(language, memory), '--'] : []),
    ...(bwrap
      ? [
          bwrap,
          ...sandboxArguments({
            mounts: [{ from: interpreter.program }, ...interpreter.mounts, { from: runner, to: inside }],
            temporary: TEMPORARY,
            seccomp,
          }),
        ]
      : []),
    interpreter.program,
    ...language.arguments(bwrap ? inside : runner, { memory }),
  ]
  return { program: words[0]!, args: words.slice(1) }
}
