/** The API that the tests call, and that `npm run source` runs for `npm run dev`: replace it by yours. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

export const KEY = 'the-key-of-the-source'

/** @param port 0: any that is free */
export const openSource = async (port = 0): Promise<{ readonly url: string; readonly server: Server }> => {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://source.test')
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (request.headers['x-api-key'] !== KEY) send(401, {})
    else if (pathname === '/ping') send(200, {})
    else if (pathname !== '/v1/Vienna') send(404, {})
    else {
      const days = Array.from({ length: Number(searchParams.get('days')) }, (_, day) => day + 1)
      send(
        200,
        days.map((day) => ({ date: `2026-07-${String(day).padStart(2, '0')}`, max: 20 + day })),
      )
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server }
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await openSource(Number(process.argv[2] ?? 4010))
  console.log(`The source is at ${url}`)
}
