"""Runs inside of a worker process: takes orders on file descriptor 3, runs the script, reports what became of it."""

import ast
import asyncio
import json
import socket
import struct
import sys

FILE = "script.py"
NOTHING = object()


class Value(dict):
    """An object whose items are attributes, too."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None


def value_of(text):
    return json.loads(text, object_hook=Value)


class Channel:
    """The private channel to the gateway."""

    def __init__(self):
        self._socket = socket.socket(fileno=3)
        self._input = self._socket.makefile("rb")

    def send(self, report):
        text = json.dumps(report, default=plain).encode("utf-8", "surrogatepass")
        self._socket.sendall(struct.pack(">I", len(text)) + text)

    def receive(self):
        head = self._input.read(4)
        if len(head) < 4:
            return None
        return value_of(self._input.read(struct.unpack(">I", head)[0]))


def plain(value):
    """What JSON has no word for: dates as text, sets and the like as lists."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    raise TypeError("%s can not be sent as JSON" % type(value).__name__)


class Api:
    """`platform.api` of one run."""

    def __init__(self, channel, run):
        self._channel = channel
        self._run = run
        self._calls = 0

    def _call(self, method, path, payload, options):
        self._calls += 1
        number = self._calls
        call = {"type": "call", "run": self._run, "call": number, "method": method, "path": str(path)}
        self._channel.send({**call, "payload": payload, "options": options})
        while True:
            order = self._channel.receive()
            if order is None:
                raise SystemExit(0)
            if order["type"] == "answer" and order["run"] == self._run and order["call"] == number:
                return order["answer"]

    def get(self, path, payload=None, options=None):
        return self._call("GET", path, payload, options)

    def post(self, path, payload=None, options=None):
        return self._call("POST", path, payload, options)

    def put(self, path, payload=None, options=None):
        return self._call("PUT", path, payload, options)

    def patch(self, path, payload=None, options=None):
        return self._call("PATCH", path, payload, options)

    def delete(self, path, payload=None, options=None):
        return self._call("DELETE", path, payload, options)


class Log:
    """Standard output and error of a script: whole lines go to the gateway's log."""

    def __init__(self, worker, level):
        self._worker = worker
        self._level = level
        self._held = ""

    encoding = "utf-8"
    errors = "replace"

    def write(self, text):
        self._held += text
        while "\n" in self._held:
            line, self._held = self._held.split("\n", 1)
            self._send(line)
        if len(self._held) > 65536:
            self.flush()
        return len(text)

    def flush(self):
        held, self._held = self._held, ""
        if held:
            self._send(held)

    def isatty(self):
        return False

    def writable(self):
        return True

    def _send(self, text):
        worker = self._worker
        worker.channel.send({"type": "log", "run": worker.run or "", "level": self._level, "text": text})


def line_of(error):
    """The script's own line, the innermost one."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def status_of(error):
    for name in ("status_code", "status", "code"):
        status = getattr(error, name, None)
        if isinstance(status, int) and not isinstance(status, bool):
            return status
    return None


def thrown_of(error):
    thrown = {"name": type(error).__name__, "message": str(error)[:4000], "line": line_of(error)}
    thrown["status"] = status_of(error)
    thrown["context"] = getattr(error, "context", None)
    if isinstance(error, MemoryError):
        thrown["kind"] = "memory"
    return {name: value for name, value in thrown.items() if value is not None}


class Worker:
    def __init__(self):
        self.channel = Channel()
        self.run = None
        self.script = None
        self.is_async = False
        self.config = Value()

    def load(self, order):
        self.config = order.get("config") or Value()
        try:
            self.script = self.compiled(order["content"])
            self.channel.send({"type": "ready"})
        except BaseException as error:
            self.channel.send({"type": "unloadable", "error": {**thrown_of(error), "kind": "syntax"}})

    def compiled(self, content):
        """The script as the body of a function, so that it may return; its lines stay where they are."""
        tree = ast.parse(content, FILE)
        body = tree.body or [ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)]
        wrapper = ast.parse("def script(event, platform): pass", FILE)
        wrapper.body[0].body = body
        try:
            code = compile(wrapper, FILE, "exec")
        except SyntaxError as error:
            if "await" not in str(error) and "async" not in str(error):
                raise
            wrapper = ast.parse("async def script(event, platform): pass", FILE)
            wrapper.body[0].body = body
            code = compile(wrapper, FILE, "exec")
            self.is_async = True
        module = {"__name__": "script", "__file__": FILE}
        exec(code, module)
        return module["script"]

    def call(self, order):
        self.run = order["run"]
        event = order["event"]
        platform = Value(config=self.config, session=order["session"])
        platform["api"] = Api(self.channel, self.run)
        try:
            returned = self.script(event, platform)
            if self.is_async:
                returned = asyncio.run(returned)
            report = {"type": "done", "run": self.run, "event": event}
            if returned is not None:
                report["returned"] = returned
            self.flush()
            self.channel.send(report)
        except SystemExit as error:
            self.flush()
            sys.__stderr__.flush()
            raise error
        except BaseException as error:
            self.flush()
            self.channel.send({"type": "failed", "run": self.run, "error": thrown_of(error)})
        self.run = None

    def flush(self):
        sys.stdout.flush()
        sys.stderr.flush()

    def work(self):
        sys.stdout = Log(self, "info")
        sys.stderr = Log(self, "warn")
        while True:
            order = self.channel.receive()
            if order is None:
                return
            if order["type"] == "load":
                self.load(order)
            elif order["type"] == "run":
                self.call(order)


if __name__ == "__main__":
    Worker().work()
