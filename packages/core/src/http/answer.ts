/** The outermost layer of the API: every request gets an answer, a line in the log and an entry in the audit trail. */
import { GwError, type Reply, statusOf } from '../contract.ts'
import { type Answer, compress, errorAnswer, respond, TextAnswer } from '../formats/index.ts'
import type { AuditEntry } from '../governance.ts'
import { after, mended } from '../settle.ts'
import type { Tracing } from '../telemetry/index.ts'
import { tagged } from './conditions.ts'
import { clientOf, type KernelContext } from './context.ts'
import { beginFacts, type Facts } from './exchange.ts'
import type { Incoming } from './incoming.ts'
import { unsendable, unsendableResponse } from './sendable.ts'

const internal = (facts: Facts, cause: unknown): GwError =>
  new GwError('internal', `The call failed inside the gateway. Its log has the details under request ${facts.id}.`, {
    cause,
  })

/** What a connector threw under the contract's name may still be no error that can be sent. */
const isUsable = (error: GwError): boolean => {
  const { message, headers = {} } = error
  return typeof message === 'string' && unsendable({ status: statusOf(error), headers }) === undefined
}

/** What a caller may hear of any failure; whatever isn't a `GwError` is only a request id to them. */
const known = (error: unknown, facts: Facts): GwError =>
  GwError.is(error) && isUsable(error) ? error : internal(facts, error)

const replyAnswer = (context: KernelContext, facts: Facts, reply: Reply): Answer | Promise<Answer> => {
  const { incoming, query, head } = facts
  const { wrapper, alwaysWrap } = context.settings
  const answer = respond(reply, {
    status: facts.status,
    query,
    headers: incoming.headers,
    path: facts.api?.path ?? '',
    wrapper,
    alwaysWrap,
    head,
    extraHeaders: facts.headers,
    signal: () => facts.call?.signal,
    onFailure: (error) =>
      context.log.error('an answer broke off', { request: facts.id, service: facts.api?.service, error }),
  })
  return facts.endpoint?.tagged ? after(answer, (made) => tagged(facts, reply, made)) : answer
}

const failureAnswer = (context: KernelContext, facts: Facts, error: unknown): Answer => {
  const failure = known(error, facts)
  const unheard = facts.incoming.outgoing?.destroyed === true
  if (statusOf(failure) >= 500 && !unheard) {
    context.failures.write({
      request: facts.id,
      service: facts.api?.service,
      code: failure.code,
      error: failure.cause ?? failure,
    })
  }
  const { query, head, headers: extraHeaders, incoming } = facts
  const options = { query, headers: incoming.headers, head, extraHeaders }
  try {
    return errorAnswer(failure, options)
  } catch (fault) {
    // Its details have no JSON.
    return errorAnswer(internal(facts, fault), options)
  }
}

/** @throws Error where a connector's answer is none that can be sent */
const checked = (answer: Answer): Answer => {
  const fault = answer instanceof TextAnswer ? unsendable(answer) : unsendableResponse(answer)
  if (fault !== undefined) throw new Error(`The connector's answer can not be sent: ${fault}`)
  return answer
}

/** A handler's own response is passed through as it is; only the gateway's headers are added. */
const addHeaders = (response: Response, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') response.headers.append(name, value)
    else response.headers.set(name, value)
  }
}

/** Lets go of the call when its answer is made: at once, or when its stream ends in any way. */
const releaseAfter = (answer: Answer, { call, calls, incoming }: Facts): void => {
  if (!call) return
  call.deadline = Number.POSITIVE_INFINITY
  const { outgoing } = incoming
  // A socket that is gone already never says so again.
  if (!(answer instanceof TextAnswer) && outgoing && !outgoing.writableFinished && !outgoing.destroyed) {
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) call.abandon()
      calls?.remove(call)
    })
  } else calls?.remove(call)
}

/** Whether a guess failed: a token or a password that is not valid, a key that no app has. */
const areWrong = ({ credentials, identity, incoming }: Facts): boolean => {
  // What a service calls by itself is no guess of anyone's.
  if (!identity || incoming.inherited) return false
  if (identity.error) return statusOf(identity.error) === 401
  return credentials.apiKey !== undefined && !identity.app
}

const record = (context: KernelContext, facts: Facts, status: number): void => {
  const duration = performance.now() - facts.started
  const { api, identity, incoming } = facts
  context.access?.({
    id: facts.id,
    method: facts.method,
    path: incoming.search === '' ? incoming.path : `${incoming.path}?${incoming.search}`,
    service: api?.service,
    status,
    duration,
    app: identity?.caller.app?.name,
    user: identity?.caller.user?.id,
    client: clientOf(context, facts) ?? '',
  })
  context.telemetry.metrics?.record({
    service: api?.service,
    endpoint: facts.endpoint,
    method: facts.method,
    status,
    duration,
  })
  context.activity?.record(api?.service, facts.endpoint, facts.method, status, duration)
  if (context.governance.guard && areWrong(facts)) context.governance.guard.failed(clientOf(context, facts) ?? '')
  const acting = facts.credentials.actAs !== undefined && identity?.role !== undefined
  if (!api || (!context.governance.audit && !acting)) return
  const caller = identity?.caller
  const entry: AuditEntry = {
    time: new Date().toISOString(),
    request: facts.id,
    service: api.service,
    component: api.path,
    method: facts.method,
    status,
    duration,
    caller: {
      ...(caller?.app && { app: caller.app.name }),
      ...(caller?.user && { user: caller.user.id }),
      ...(caller?.role && { role: caller.role.name }),
    },
  }
  context.governance.audit?.(entry)
  if (acting) context.governance.acted?.(entry, identity)
  // Steps succeed or fail together: what became of the call became of each.
  for (const step of facts.steps ?? []) context.governance.audit?.({ ...entry, ...step })
}

const refuseDraining = (context: KernelContext, { inherited }: Incoming): void => {
  if (!context.draining() || inherited) return
  throw new GwError('unavailable', 'The gateway is stopping. Try again.', {
    headers: { 'retry-after': '1', connection: 'close' },
  })
}

/** Where a request leads. */
export type Dispatch = (context: KernelContext, facts: Facts) => Reply | Promise<Reply>

/** The answer, be it a failure's. */
const answerFor = (context: KernelContext, facts: Facts, dispatch: Dispatch): Answer | Promise<Answer> =>
  mended(
    () => {
      refuseDraining(context, facts.incoming)
      return after(dispatch(context, facts), (reply) =>
        after(replyAnswer(context, facts, reply), (made) => {
          const answer = checked(made)
          if (answer === reply) addHeaders(answer as Response, facts.headers)
          return answer
        }),
      )
    },
    (error) => failureAnswer(context, facts, error),
  )

const compressed = (context: KernelContext, { inherited, headers }: Incoming, answer: Answer) => {
  const encodings = context.settings.compression && !inherited ? headers.get('accept-encoding') : undefined
  return encodings ? compress(answer, encodings) : answer
}

/** Makes the function that turns a request into its answer. It never throws. */
export const createAnswerer =
  (context: KernelContext, dispatch: Dispatch) =>
  (incoming: Incoming): Answer | Promise<Answer> => {
    const facts = beginFacts(incoming)
    const cors = context.cors(incoming.method, incoming.headers, incoming.path)
    if (cors.preflight) return cors.preflight
    if (cors.headers) facts.headers = { ...facts.headers, ...cors.headers }
    const { tracing } = context.telemetry
    return tracing ? tracedAnswer(context, facts, dispatch, tracing) : answered(context, facts, dispatch)
  }

const answered = (context: KernelContext, facts: Facts, dispatch: Dispatch): Answer | Promise<Answer> =>
  after(answerFor(context, facts, dispatch), (made) =>
    after(compressed(context, facts.incoming, made), (answer) => {
      record(context, facts, answer.status)
      facts.after?.()
      releaseAfter(answer, facts)
      return answer
    }),
  )

const tracedAnswer = (
  context: KernelContext,
  facts: Facts,
  dispatch: Dispatch,
  tracing: Tracing,
): Answer | Promise<Answer> => {
  const span = tracing.serve(facts.incoming.method, facts.incoming.headers)
  return after(
    span.within(() => answered(context, facts, dispatch)),
    (answer) => {
      const { id, api, endpoint, method, identity, started } = facts
      const duration = performance.now() - started
      span.end({
        id,
        service: api?.service,
        endpoint,
        method,
        status: answer.status,
        duration,
        app: identity?.app?.name,
      })
      return answer
    },
  )
}
