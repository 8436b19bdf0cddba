/** This process among others of the same gateway. */
import { hostname } from 'node:os'

export const NODE_ID = `${hostname()}:${process.pid}`
