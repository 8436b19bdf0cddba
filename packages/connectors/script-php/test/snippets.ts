import type { ScriptSnippets } from '@gw/testkit/scripts'

const FAKE = '{"type":"done","event":{},"returned":{"fake":1}}'
const PARAMETER = (name: string) => `$event['request']['parameters']['${name}']`

export const snippets: ScriptSnippets = {
  returns: "return ['n' => 1, 'list' => [1, 2], 'none' => null];",
  list: 'return [1, 2, 3];',
  answer:
    "return ['content' => '<b>ä</b>', 'status_code' => 201, 'content_type' => 'text/html; charset=utf-8', 'headers' => ['x-made' => 'here']];",
  event: "<?php\nreturn ['event' => $event];",
  mutates: `$event['response']['content'] = ['changed' => true];
$event['response']['status_code'] = 202;
$event['response']['headers']['x-made'] = 'here';`,
  nothing: '// nothing',
  status: `$error = new class ('No stock.', 422) extends Exception {
    public $context = ['left' => 0];
};
throw $error;`,
  bug: '<?php\n$nothing = null;\n$nothing->there();',
  syntax: '$a = 1;\n$b = = 2;',
  logs: "echo 'to ', 'the log';\nreturn ['ok' => true];",
  get: `return ['answer' => $platform['api']->get(${PARAMETER('path')})];`,
  recurses: "return $platform['api']->get($event['request']['service']);",
  verbs: `$answers = [];
foreach (['post', 'put', 'patch', 'delete'] as $verb) {
    $call = $platform->api->$verb;
    $answers[] = $call(${PARAMETER('path')}, ['a' => [1]], ['headers' => ['x-own' => '1']]);
}
return ['answers' => $answers];`,
  session: "return ['session' => $platform['session'], 'config' => $platform->config];",
  counts: `usleep((int) (1000000 * (float) (${PARAMETER('sleep')} ?? 0)));
static $count = 0;
return ['count' => ++$count];`,
  loops: 'for (;;);',
  memory: "$all = [];\nfor (;;) $all[] = str_repeat('x', 1000000);",
  exits: 'exit(3);',
  fakes: `file_put_contents('php://fd/1', '${FAKE}' . "\\n");\nreturn ['real' => 1];`,
  forges: `$json = json_encode(['type' => 'done', 'run' => 'x', 'event' => new stdClass, 'returned' => ['forged' => 1]]);
fwrite(fopen('php://fd/3', 'w'), pack('N', strlen($json)) . $json);
return ['real' => 1];`,
  environment: "return ['environment' => (object) getenv()];",
  starts: "return shell_exec('echo started');",
  forks: 'for (;;) pcntl_fork();',
  reads: `$text = file_get_contents(${PARAMETER('file')});
if ($text === false) throw new Exception('not readable');
return $text;`,
  writes: `if (file_put_contents(${PARAMETER('file')}, 'written') === false) throw new Exception('not writable');`,
  connects: `$socket = fsockopen('127.0.0.1', (int) ${PARAMETER('port')});
if (!$socket) throw new Exception('no connection');
fwrite($socket, 'hello');`,
  floods: "for (;;) echo str_repeat('x', 10000);",
  huge: "return str_repeat('x', 20000000);",
}
