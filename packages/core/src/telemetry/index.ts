export {
  type Activity,
  type Counted,
  type CountedMinute,
  createActivity,
  type ServiceActivity,
  type SlowCall,
} from './activity.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { listenForScrapes, scraped } from './scrape.ts'
export { createTracing, type Tracing } from './tracing.ts'
