/** Words of the screens about services. */
export const services = {
  title: 'Services',
  downCount: (count: number) => (count === 1 ? '1 service is down' : `${count} services are down`),
  states: { serving: 'Serving', starting: 'Starting', down: 'Down', inactive: 'Inactive', unknown: 'State unknown' },
} as const
