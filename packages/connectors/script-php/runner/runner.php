<?php
// Runs inside of a worker process: takes orders on file descriptor 3, runs the script, reports what became of it.

declare(strict_types=1);

namespace Gw;

use ArrayAccess;
use Closure;
use ErrorException;
use JsonException;
use Throwable;

/** The private channel to the gateway. */
final class Channel
{
    /** @var resource */
    private $stream;

    public function __construct()
    {
        $this->stream = fopen('php://fd/3', 'r+b');
        stream_set_read_buffer($this->stream, 0);
        stream_set_write_buffer($this->stream, 0);
    }

    /** @throws JsonException for what JSON has no word for */
    public function send(array $report): void
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;
        $text = json_encode($report, $flags);
        $frame = pack('N', strlen($text)) . $text;
        while ($frame !== '') {
            $written = fwrite($this->stream, $frame);
            if ($written === false || $written === 0) {
                exit(0);
            }
            $frame = substr($frame, $written);
        }
    }

    public function receive(): ?array
    {
        $head = $this->read(4);
        if ($head === null) {
            return null;
        }
        $text = $this->read(unpack('N', $head)[1]);
        return $text === null ? null : json_decode($text, true, 512, JSON_THROW_ON_ERROR);
    }

    private function read(int $bytes): ?string
    {
        $text = '';
        while (strlen($text) < $bytes) {
            $piece = fread($this->stream, $bytes - strlen($text));
            if ($piece === false || $piece === '') {
                return null;
            }
            $text .= $piece;
        }
        return $text;
    }
}

/** `$platform['api']` of one run: `->get($path)`, also as `$get = $api->get; $get($path)`. */
final class Api
{
    private int $calls = 0;

    public function __construct(private Channel $channel, private string $run)
    {
    }

    private function call(string $method, string $path, mixed $payload, mixed $options): array
    {
        $number = ++$this->calls;
        $this->channel->send([
            'type' => 'call',
            'run' => $this->run,
            'call' => $number,
            'method' => $method,
            'path' => $path,
            'payload' => $payload,
            'options' => $options,
        ]);
        for (;;) {
            $order = $this->channel->receive() ?? exit(0);
            if ($order['type'] === 'answer' && $order['run'] === $this->run && $order['call'] === $number) {
                return $order['answer'];
            }
        }
    }

    public function get(string $path, mixed $payload = null, mixed $options = null): array
    {
        return $this->call('GET', $path, $payload, $options);
    }

    public function post(string $path, mixed $payload = null, mixed $options = null): array
    {
        return $this->call('POST', $path, $payload, $options);
    }

    public function put(string $path, mixed $payload = null, mixed $options = null): array
    {
        return $this->call('PUT', $path, $payload, $options);
    }

    public function patch(string $path, mixed $payload = null, mixed $options = null): array
    {
        return $this->call('PATCH', $path, $payload, $options);
    }

    public function delete(string $path, mixed $payload = null, mixed $options = null): array
    {
        return $this->call('DELETE', $path, $payload, $options);
    }

    public function __get(string $name): Closure
    {
        return Closure::fromCallable([$this, $name]);
    }
}

/** `$platform`: by item and by property. */
final class Platform implements ArrayAccess
{
    public function __construct(public Api $api, public array $config, public array $session)
    {
    }

    public function offsetExists(mixed $name): bool
    {
        return isset($this->$name);
    }

    public function offsetGet(mixed $name): mixed
    {
        return $this->$name;
    }

    public function offsetSet(mixed $name, mixed $value): void
    {
        $this->$name = $value;
    }

    public function offsetUnset(mixed $name): void
    {
        unset($this->$name);
    }
}

/** A script as the file that PHP reads. */
final class Worker
{
    private Channel $channel;
    private ?string $run = null;
    private ?Closure $script = null;
    private array $config = [];
    private string $file;
    /** What was written since the last line ended. */
    private string $held = '';

    public function __construct()
    {
        $this->channel = new Channel();
        $this->file = getcwd() . '/script.php';
    }

    public function work(): void
    {
        error_reporting(E_ALL);
        set_error_handler([$this, 'onWarning']);
        register_shutdown_function([$this, 'onEnd']);
        ob_start([$this, 'onOutput'], 1);
        while (($order = $this->channel->receive()) !== null) {
            if ($order['type'] === 'load') {
                $this->load($order);
            } elseif ($order['type'] === 'run') {
                $this->call($order);
            }
        }
        $this->script = null;
    }

    private function load(array $order): void
    {
        $this->config = $order['config'] ?: [];
        // A closure whose first line is the script's first line.
        $content = preg_replace('/^\s*<\?php\b/', '', $order['content'], 1);
        file_put_contents($this->file, "<?php return function (&\$event, \$platform) { $content\n};");
        try {
            $this->script = Closure::bind(include $this->file, null, null);
            $this->channel->send(['type' => 'ready']);
        } catch (Throwable $error) {
            $this->channel->send(['type' => 'unloadable', 'error' => ['kind' => 'syntax'] + $this->thrown($error)]);
        }
    }

    private function call(array $order): void
    {
        $this->run = $order['run'];
        $event = $order['event'];
        $platform = new Platform(new Api($this->channel, $this->run), $this->config, $order['session']);
        try {
            $returned = ($this->script)($event, $platform);
            $this->flush();
            $report = ['type' => 'done', 'run' => $this->run, 'event' => self::objects($event)];
            $this->channel->send($returned === null ? $report : $report + ['returned' => $returned]);
        } catch (Throwable $error) {
            $this->flush();
            $this->channel->send(['type' => 'failed', 'run' => $this->run, 'error' => $this->thrown($error)]);
        }
        $this->run = null;
    }

    /** Where an object is meant, an empty array must not become a list. */
    private static function objects(array $event): array
    {
        foreach ([['request', 'headers'], ['request', 'parameters'], ['response', 'headers']] as [$part, $name]) {
            if (($event[$part][$name] ?? null) === []) {
                $event[$part][$name] = (object) [];
            }
        }
        return $event;
    }

    private function thrown(Throwable $error): array
    {
        $code = $error->getCode();
        $status = $error->status_code ?? ($error->status ?? ($code ?: null));
        $context = $error->context ?? null;
        return [
            'name' => get_class($error),
            'message' => substr($error->getMessage(), 0, 4000),
            'line' => $this->line($error),
            'status' => is_int($status) ? $status : null,
        ] + ($context === null ? [] : ['context' => $context]);
    }

    /** The script's own line, the innermost one. */
    private function line(Throwable $error): ?int
    {
        foreach ([['file' => $error->getFile(), 'line' => $error->getLine()], ...$error->getTrace()] as $place) {
            if (($place['file'] ?? '') === $this->file) {
                return $place['line'] ?? null;
            }
        }
        return null;
    }

    /** Warnings and notices are no failures: they go to the log. */
    public function onWarning(int $level, string $message, string $file, int $line): bool
    {
        if ((error_reporting() & $level) !== 0) {
            $place = $file === $this->file ? " at line $line" : '';
            $this->log('warn', "$message$place");
        }
        return true;
    }

    public function onOutput(string $text): string
    {
        $lines = explode("\n", $this->held . $text);
        $this->held = array_pop($lines);
        if (strlen($this->held) > 65536) {
            $lines[] = $this->held;
            $this->held = '';
        }
        foreach ($lines as $line) {
            $this->log('info', $line);
        }
        return '';
    }

    private function flush(): void
    {
        while (ob_get_level() > 1) {
            ob_end_flush();
        }
        if (ob_get_level() === 1) {
            ob_flush();
        } else {
            ob_start([$this, 'onOutput'], 1);
        }
        if ($this->held !== '') {
            $this->log('info', $this->held);
            $this->held = '';
        }
    }

    private function log(string $level, string $text): void
    {
        $this->channel->send([
            'type' => 'log',
            'run' => $this->run ?? '',
            'level' => $level,
            'text' => mb_check($text),
        ]);
    }

    /** Ended by itself: by exit, or by an error that nothing catches. */
    public function onEnd(): void
    {
        $last = error_get_last();
        if ($this->run === null || $last === null || !in_array($last['type'], [E_ERROR, E_COMPILE_ERROR, E_CORE_ERROR], true)) {
            return;
        }
        $memory = str_contains($last['message'], 'memory');
        $this->channel->send([
            'type' => 'failed',
            'run' => $this->run,
            'error' => [
                'name' => 'Error',
                'message' => substr($last['message'], 0, 4000),
                'line' => $last['file'] === $this->file ? $last['line'] : null,
            ] + ($memory ? ['kind' => 'memory'] : []),
        ]);
    }
}

/** Text that JSON can hold. */
function mb_check(string $text): string
{
    return preg_match('//u', $text) === 1 ? $text : (string) preg_replace('/[^\x00-\x7f]/', '?', $text);
}

(new Worker())->work();
