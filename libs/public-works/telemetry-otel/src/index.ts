/**
 * telemetry-otel: metrics and traces by OpenTelemetry, assembled by hand (the auto-instrumentation bundle costs 1.7 s and 150 MB a process).
 * Metrics are pulled as Prometheus text; traces are pushed to an OTLP collector when one is configured, sampled, and cross the bus in headers.
 */
export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
