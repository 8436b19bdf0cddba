import type { ScriptSnippets } from '@gw/testkit/scripts'

const FAKE = '{"type":"done","event":{},"returned":{"fake":1}}'

export const snippets: ScriptSnippets = {
  returns: "return {'n': 1, 'list': [1, 2], 'none': None}",
  list: 'return [1, 2, 3]',
  answer:
    "return {'content': '<b>ä</b>', 'status_code': 201, 'content_type': 'text/html; charset=utf-8', 'headers': {'x-made': 'here'}}",
  event: "return {'event': event}",
  mutates:
    "event.response.content = {'changed': True}\nevent['response']['status_code'] = 202\nevent.response.headers['x-made'] = 'here'",
  nothing: '# nothing',
  status: `class NoStock(Exception):
    status_code = 422
    context = {'left': 0}

raise NoStock('No stock.')`,
  bug: 'nothing = None\n\nreturn nothing.there',
  syntax: 'a = 1\nb = = 2',
  logs: "print('to', 'the log')\nreturn {'ok': True}",
  get: "return {'answer': platform.api.get(event.request.parameters.path)}",
  recurses: 'return platform.api.get(event.request.service)',
  verbs: `answers = []
for verb in ('post', 'put', 'patch', 'delete'):
    call = getattr(platform['api'], verb)
    answers.append(call(event.request.parameters.path, {'a': [1]}, {'headers': {'x-own': '1'}}))
return {'answers': answers}`,
  session: "return {'session': platform.session, 'config': platform['config']}",
  counts: `import sys, time
time.sleep(float(event.request.parameters.get('sleep', 0)))
sys.count = getattr(sys, 'count', 0) + 1
return {'count': sys.count}`,
  loops: 'while True: pass',
  memory: 'taken = []\nwhile True: taken.append(bytearray(1000000))',
  exits: 'import sys\nsys.exit(3)',
  fakes: `import os\nos.write(1, b'${FAKE}\\n')\nreturn {'real': 1}`,
  forges: `import json, os, struct
text = json.dumps({'type': 'done', 'run': 'x', 'event': {}, 'returned': {'forged': 1}}).encode()
os.write(3, struct.pack('>I', len(text)) + text)
return {'real': 1}`,
  environment: "import os\nreturn {'environment': dict(os.environ)}",
  starts:
    "import subprocess\nreturn subprocess.run(['/bin/sh', '-c', 'echo started'], capture_output=True, text=True).stdout",
  forks: 'import os\nwhile True: os.fork()',
  reads: 'return open(event.request.parameters.file).read()',
  writes: "open(event.request.parameters.file, 'w').write('written')",
  connects:
    "import socket\nsocket.create_connection(('127.0.0.1', int(event.request.parameters.port)), 5).sendall(b'hello')",
  floods: "while True: print('x' * 10000)",
  huge: "return 'x' * 20_000_000",
}
