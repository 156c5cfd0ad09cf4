// Starts the network on ports of its own, PLC, PDS, AppView and moderation one after the other, and says on the sixth that it is there.
const http = require('node:http')
const { TestNetwork } = require('@atproto/dev-env')

const port = Number(process.env.PORT)

TestNetwork.create({
  dbPostgresSchema: 'serm',
  plc: { port },
  pds: { port: port + 1, hostname: 'localhost' },
  bsky: { port: port + 2 },
  ozone: { port: port + 3 },
}).then(
  (network) => {
    const ready = http.createServer((_, answer) => answer.end('ready'))
    ready.listen(port + 5, '127.0.0.1')
    const stop = () => network.close().finally(() => process.exit(0))
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  },
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
