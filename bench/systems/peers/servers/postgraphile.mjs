import { makePgService } from 'postgraphile/adaptors/pg'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

/** PostGraphile's command reads this as graphile.config.mjs. */
export default {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['public'],
      poolConfig: { max: Number(process.env.POOL) },
    }),
  ],
  // Over GET, too: whoever starts it sees by that whether it is there.
  grafserv: { host: '127.0.0.1', port: Number(process.env.PORT), graphqlOverGET: true, graphiql: false, watch: false },
  grafast: { explain: false },
}
