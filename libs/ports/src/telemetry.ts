/** Attributes of a measurement: few values each, never ids. */
export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;

/** Where a service's figures go. Names are `symphainy_<what>_<unit>`; units are seconds and bytes. */
export interface Metrics {
  counter(name: string, description: string): { add(value: number, attributes?: MetricAttributes): void };
  histogram(name: string, description: string, buckets?: readonly number[]): { record(value: number, attributes?: MetricAttributes): void };
  /** A value read whenever figures are collected. */
  gauge(name: string, description: string, read: () => number): void;
}

/** Trace context across the bus (W3C Trace Context). Spans are sampled; without a collector nothing is made. */
export interface Tracing {
  /** Headers to send with a message, or undefined when there is no sampled trace. */
  inject(): Readonly<Record<string, string>> | undefined;
  /** Runs `work` in a span that continues the sender's trace. */
  span<T>(name: string, headers: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T>;
  /** The active trace's id, for log lines. */
  traceId(): string | undefined;
}
