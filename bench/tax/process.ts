/**
 * Two gateways in one process, each with a `gw.config` and a port of its own: `process.ts FOLDER PORT FOLDER PORT`.
 * What is compared then shares the compiled code, the collector and the moments that the machine is busy.
 */
import { openGateway } from '@gw/core/open'

const listen = async (cwd: string, port: string) => {
  const { gateway } = await openGateway({ cwd })
  await gateway.start()
  await gateway.listen({ host: '127.0.0.1', port: Number(port) })
  return gateway
}

const [open, openPort, governed, governedPort] = process.argv.slice(2) as [string, string, string, string]
const gateways = [await listen(open, openPort), await listen(governed, governedPort)]
process.once('SIGTERM', () => void Promise.all(gateways.map((gateway) => gateway.stop())).then(() => process.exit(0)))
