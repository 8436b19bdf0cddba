/** Scripts in PHP, run by the host's command-line PHP. */
import { realpathSync } from 'node:fs'
import { defineScriptServiceType, type Interpreter, outputOf, programPath } from '@gw/script'

const MISSING =
  'PHP is not installed on this host: install its command line (php-cli, 8.1 or newer), so that scripts in PHP run.'
const find = async (): Promise<Interpreter | string> => {
  const program = programPath('php')
  if (!program) return MISSING
  try {
    const version = await outputOf(program, ['-n', '-r', 'echo PHP_VERSION;'])
    const [major, minor] = version.split('.').map(Number)
    if (major! < 8 || (major === 8 && minor! < 1)) return MISSING
    return { program: realpathSync(program), mounts: [], version }
  } catch {
    return MISSING
  }
}

/** What starts programs or changes the process: refused before the sandbox has to, so that its error names it. */
const DISABLED = [
  'exec,passthru,shell_exec,system,proc_open,proc_nice,popen,pcntl_exec,pcntl_fork,pcntl_rfork,pcntl_unshare',
  'dl,mail,putenv,apache_setenv,symlink,link,posix_kill,fsockopen,pfsockopen,stream_socket_client',
  'stream_socket_server,socket_create,ini_set,ini_alter,ini_restore,set_time_limit,error_log,syslog,openlog',
].join(',')

export default defineScriptServiceType({
  name: 'php',
  label: 'PHP',
  description: 'Runs a script in PHP for every call.',
  extensions: ['php'],
  runner: new URL('../runner/runner.php', import.meta.url),
  find,
  arguments: (runner, { memory }) => [
    // No php.ini and none of the extensions that it would load.
    '-n',
    ...Object.entries({
      memory_limit: `${memory}M`,
      max_execution_time: '0',
      display_errors: 'stderr',
      log_errors: '0',
      error_reporting: '-1',
      html_errors: '0',
      allow_url_fopen: '0',
      allow_url_include: '0',
      'ffi.enable': '0',
      disable_functions: DISABLED,
      disable_classes: 'FFI',
    }).flatMap(([name, value]) => ['-d', `${name}=${value}`]),
    runner,
  ],
  overhead: { by: 'as', memory: 256 },
  restricts: false,
  ranOut: (said) => /Allowed memory size|Out of memory/i.test(said),
})
