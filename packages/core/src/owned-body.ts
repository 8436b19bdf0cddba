/** Answers whose pieces are nobody else's, so that their memory can be given back as they are sent. */

const owned = new WeakSet<Response>()

/**
 * Says that nobody keeps the pieces of a response's body, and that each has memory of its own. The kernel gives it back
 * when the client has taken a piece: waiting for the collector instead lets large parts of a file gather.
 */
export const ownedBody = (response: Response): Response => {
  owned.add(response)
  return response
}

/** Not so for what was made of it, as by compression. */
export const isOwned = (response: Response): boolean => owned.has(response)

/** Gives the memory of a piece back that nobody will look at again. What shares it with something else stays. */
export const release = (piece: Uint8Array): void => {
  const { buffer, byteLength } = piece
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
