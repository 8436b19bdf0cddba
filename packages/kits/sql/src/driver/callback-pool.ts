/** A pool in the form in which kysely asks for one by callback, with `release` on each connection. */

export interface LentConnection {
  readonly threadId: number
  query(...query: any[]): unknown
}

export interface CallbackPoolOptions<P> {
  connect(): Promise<P>
  connectionOf(pooled: P): LentConnection
  /** @param sound Whether it is fit for another call. */
  release(pooled: P, sound: boolean): void
  end(): void
}

export const callbackPool = <P>({ connect, connectionOf, release, end }: CallbackPoolOptions<P>) => ({
  getConnection(callback: (error: unknown, connection?: object) => void): void {
    connect().then((pooled) => {
      const connection = connectionOf(pooled)
      callback(null, {
        threadId: connection.threadId,
        query: (...query: any[]) => connection.query(...query),
        release: () => release(pooled, true),
        destroy: () => release(pooled, false),
      })
    }, callback)
  },
  end(callback: () => void): void {
    end()
    callback()
  },
})
