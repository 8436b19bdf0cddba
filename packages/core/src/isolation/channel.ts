/** Questions and their answers between a gateway and the process of a service, over Node's own channel. */
import { GwError, type GwErrorOptions } from '../errors.ts'

/** Node's own channel, at one of its ends. */
export interface Port {
  /** What can not be sent because the other side is gone is noticed by its end. */
  send(message: object): void
  listen(listener: (message: any) => void): void
}

interface SentError extends Omit<GwErrorOptions, 'cause'> {
  readonly code?: GwError['code']
  readonly message: string
}
type Message =
  | { readonly ask: number; readonly what: string; readonly args: readonly unknown[] }
  | { readonly answer: number; readonly value?: unknown; readonly error?: SentError }
  | { readonly tell: string; readonly args: readonly unknown[] }

export type Handlers = Readonly<Record<string, (...args: any[]) => unknown>>

export interface Channel {
  /** @throws what the other side's handler throws; GwError `unavailable` where it ends first */
  ask<T>(what: string, ...args: readonly unknown[]): Promise<T>
  tell(what: string, ...args: readonly unknown[]): void
  /** The other side is gone: nothing will be answered. */
  close(error: Error): void
}

export const sentError = (error: unknown): SentError => {
  if (!GwError.is(error)) return { message: error instanceof Error ? error.message : String(error) }
  const { code, message, details, retryable, headers, wire } = error
  return { code, message, details, retryable, ...(headers && { headers }), ...(wire && { wire }) }
}

export const receivedError = ({ code, message, ...options }: SentError): Error =>
  code ? new GwError(code, message, options) : new Error(message)

/** @param handlers what the other side may ask, and tell, by name; nothing else of this side is reached */
export const createChannel = (port: Port, handlers: Handlers): Channel => {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let count = 0
  let closed: Error | undefined
  const send = (message: Message): void => port.send(message)
  const handlerOf = (what: string) => (Object.hasOwn(handlers, what) ? handlers[what] : undefined)
  const answered = async (what: string, args: readonly unknown[]): Promise<unknown> => {
    const handler = handlerOf(what)
    if (!handler) throw new Error(`There is no ${what} to ask for.`)
    return handler(...args)
  }
  port.listen((message: Message) => {
    if ('tell' in message) handlerOf(message.tell)?.(...message.args)
    else if ('ask' in message)
      answered(message.what, message.args).then(
        (value) => {
          try {
            send({ answer: message.ask, value })
          } catch (error) {
            send({ answer: message.ask, error: sentError(error) })
          }
        },
        (error: unknown) => send({ answer: message.ask, error: sentError(error) }),
      )
    else {
      const one = waiting.get(message.answer)
      waiting.delete(message.answer)
      if (message.error) one?.reject(receivedError(message.error))
      else one?.resolve(message.value)
    }
  })
  return {
    ask: <T>(what: string, ...args: readonly unknown[]) =>
      new Promise<T>((resolve, reject) => {
        if (closed) return reject(closed)
        const ask = ++count
        waiting.set(ask, { resolve: resolve as (value: unknown) => void, reject })
        send({ ask, what, args })
      }),
    tell: (what, ...args) => send({ tell: what, args }),
    close(error) {
      closed = error
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}
