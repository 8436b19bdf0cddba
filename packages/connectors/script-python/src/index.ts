/** Scripts in Python 3, run by the host's own. */
import { realpathSync } from 'node:fs'
import { defineScriptServiceType, type Interpreter, outputOf, programPath } from '@gw/script'

const MISSING = 'Python 3 is not installed on this host: install python3 (3.9 or newer), so that scripts in Python run.'
/** What it is made of, by its own word: launchers of version managers are programs of their own. */
const ASK = 'import sys, json; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.version_info[:3]]))'
const find = async (): Promise<Interpreter | string> => {
  const program = programPath('python3')
  if (!program) return MISSING
  try {
    const [executable, prefix, base, version] = JSON.parse(await outputOf(program, ['-I', '-c', ASK])) as [
      string,
      string,
      string,
      number[],
    ]
    if (version[0] !== 3 || version[1]! < 9) return MISSING
    // Of a Python that came with the system, the system's libraries are all there is.
    const own = [...new Set([prefix, base])].filter((folder) => folder !== '/usr')
    return { program: realpathSync(executable), mounts: own.map((from) => ({ from })), version: version.join('.') }
  } catch {
    return MISSING
  }
}

export default defineScriptServiceType({
  name: 'python',
  aliases: ['python3'],
  label: 'Python',
  description: 'Runs a script in Python 3 for every call.',
  extensions: ['py'],
  runner: new URL('../runner/runner.py', import.meta.url),
  find,
  // Isolated from the environment, without files of compiled code, in UTF-8.
  arguments: (runner) => ['-I', '-B', '-X', 'utf8', runner],
  overhead: { by: 'as', memory: 64 },
  restricts: false,
  ranOut: (said) => /MemoryError/.test(said),
})
