/**
 * The kit's own kysely, for connectors: what is published holds it as one module. As the 255 of its package it takes
 * a gateway longer to start than all of the kit, and beside a second copy even longer.
 */
export * from 'kysely'
