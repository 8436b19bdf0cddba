/** What the checks for scripts work with: the same small scripts in the subject's language, each as a service. */
import { type Call, defineServiceType, endpoint, type ServiceType } from '@gw/core'
import { type Answer, type Ask, openGateway, type TestGateway } from '../harness.ts'

/**
 * One script for each thing that scripts can do, or try to do. `p` stands for the request's parameters.
 * Line numbers are part of what is checked.
 */
export interface ScriptSnippets {
  /** Returns `{"n": 1, "list": [1, 2], "none": null}`. */
  readonly returns: string
  /** Returns `[1, 2, 3]`. */
  readonly list: string
  /** Returns content `<b>ä</b>`, status_code 201, content_type `text/html`, headers `x-made: here`. */
  readonly answer: string
  /** Returns `{"event": <the whole event>}`. */
  readonly event: string
  /** Returns nothing; sets content `{"changed": true}`, status_code 202 and the header `x-made` of `event.response`. */
  readonly mutates: string
  /** Does nothing at all. */
  readonly nothing: string
  /** Throws with the status 422, the message `No stock.` and the context `{"left": 0}`. */
  readonly status: string
  /** In line 3 does something with null that can not be done. */
  readonly bug: string
  /** In line 2 is no code. */
  readonly syntax: string
  /** Writes `to the log` to its output and returns `{"ok": true}`. */
  readonly logs: string
  /** GETs p.path and returns `{"answer": <the answer>}`. */
  readonly get: string
  /** Calls p.path with POST, PUT, PATCH and DELETE, the payload `{"a": [1]}`, the header `x-own: 1`; returns all answers in a list below `answers`. */
  readonly verbs: string
  /** GETs its own service and returns the answer as it is. */
  readonly recurses: string
  /** Returns `{"session": <platform.session>, "config": <platform.config>}`. */
  readonly session: string
  /** Counts in memory that outlives a run and returns `{"count": <n>}`; sleeps p.sleep seconds before, without using the processor. */
  readonly counts: string
  readonly loops: string
  /** Takes memory until there is none. */
  readonly memory: string
  /** Ends its own process with the code 3. */
  readonly exits: string
  /** Writes `{"type":"done","event":{},"returned":{"fake":1}}` to standard output, past what the language offers for the log, and returns `{"real": 1}`. */
  readonly fakes: string
  /** Writes a whole report of another run to file descriptor 3: `{"type":"done","run":"x","event":{},"returned":{"forged":1}}`. */
  readonly forges: string
  /** Returns `{"environment": <all variables>}`. */
  readonly environment: string
  /** Starts `/bin/sh -c "echo started"` and returns its output; nothing where it can not. */
  readonly starts: string
  /** Starts processes of itself without end. */
  readonly forks: string
  /** Returns what is in the file p.file. */
  readonly reads: string
  /** Writes `written` to the file p.file. */
  readonly writes: string
  /** Connects to 127.0.0.1 at p.port and writes `hello`. */
  readonly connects: string
  /** Writes to the log without end. */
  readonly floods: string
  /** Returns a text of 20 million characters. */
  readonly huge: string
}

export interface ScriptsConformanceOptions {
  readonly type: ServiceType<any>
  readonly snippets: ScriptSnippets
  /** Merged into every configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** A call that the suite's own service was asked for. */
export interface Seen {
  readonly call: Call
  readonly body: unknown
}

export interface Running extends TestGateway {
  /** Calls the script. */
  run(ask?: Partial<Ask>): Promise<Answer>
  /** What the service `echo` was asked for, oldest first. */
  readonly seen: readonly Seen[]
}

export interface ScriptsContext {
  readonly type: ServiceType<any>
  readonly snippets: ScriptSnippets
  readonly sandboxed: boolean
  /** Runs a script as the service `script`, beside the service `echo`; texts are what `echo/text/{name}` answers. */
  using<T>(
    snippet: keyof ScriptSnippets,
    config: Readonly<Record<string, unknown>>,
    use: (running: Running) => Promise<T>,
  ): Promise<T>
}

/** A schema that takes anything. */
const anything: ServiceType['config'] = {
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
}

/** Answers what it was asked, and keeps texts for whoever asks for them. */
const echoType = (seen: Seen[], texts: Readonly<Record<string, string>>) =>
  defineServiceType({
    contract: 1,
    name: 'testkit_echo',
    label: 'Echo',
    description: 'Answers what it was asked.',
    group: 'Remote Service',
    config: anything,
    create: () => ({
      endpoints: (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
        endpoint({
          id: `${method.toLowerCase()}Echo`,
          method,
          path: '/{path*}',
          summary: 'Answer what was asked',
          handle(call) {
            seen.push({ call, body: call.body })
            const { [call.path.replace(/^.*\//, '')]: text } = texts
            if (text !== undefined) return new Response(text, { headers: { 'content-type': 'text/plain' } })
            return {
              method,
              path: call.path,
              query: Object.fromEntries(new URL(call.request.url).searchParams),
              body: call.body ?? null,
              own: call.header('x-own') ?? null,
              requestor: call.caller.requestor,
              role: call.caller.role?.name ?? null,
              admin: call.caller.admin,
            }
          },
        }),
      ),
    }),
  })

export const openScripts = async ({ type, snippets, config }: ScriptsConformanceOptions): Promise<ScriptsContext> => {
  const { sandboxed } = await type.engine!.inspect()
  return {
    type,
    snippets,
    sandboxed,
    async using(snippet, own, use) {
      const seen: Seen[] = []
      const gateway = await openGateway({
        services: {
          script: { type, config: { content: snippets[snippet], sandbox: 'preferred', ...config, ...own } },
          echo: { type: echoType(seen, { [snippet]: snippets[snippet] }), config: {} },
        },
      })
      try {
        return await use({
          ...gateway,
          seen,
          run: (ask) => gateway.ask({ service: 'script', path: '', ...ask }),
        })
      } finally {
        await gateway.close()
      }
    },
  }
}
