/** What `@types/pg` leaves out. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A JavaScript value as what is bound: text, bytes or NULL. */
    prepareValue(value: unknown): string | Buffer | null
  }
  export default utils
}
