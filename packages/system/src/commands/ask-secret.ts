/** Asks on the terminal for what must not be seen there. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** @throws Error where there is no terminal to ask on */
export const askSecret = async (question: string): Promise<string> => {
  if (!process.stdin.isTTY) throw new Error('There is no terminal to ask for the password on: set GW_ADMIN_PASSWORD.')
  process.stderr.write(question)
  // What is typed is echoed into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const asking = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await asking.question('')
  } finally {
    asking.close()
    process.stderr.write('\n')
  }
}
