import { context, propagation, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Metrics, Tracing } from '@symphainy/ports';

export interface TelemetryOptions {
  readonly service: string;
  readonly version: string;
  /** Base URL of an OTLP/HTTP collector. Without it no span is made. */
  readonly otlpEndpoint?: string;
  /** Share of new traces that are kept, 0 to 1. Default 0.01. */
  readonly sampleRatio?: number;
}

export interface Telemetry {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** All figures in the Prometheus text format. */
  render(): Promise<string>;
  shutdown(): Promise<void>;
}

/** Collects when asked, so that rendering needs no server of its own. */
class OnDemandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Assembles metrics and, with a collector, traces for one service. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({ 'service.name': options.service, 'service.version': options.version });
  const reader = new OnDemandReader();
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const serializer = new PrometheusSerializer();
  const traces = options.otlpEndpoint === undefined ? undefined : startTraces(resource, options.otlpEndpoint, options.sampleRatio ?? 0.01);
  return {
    metrics: metricsOver(meterProvider, options.service),
    tracing: traces === undefined ? silentTracing : tracingOver(traces.getTracer(options.service)),
    render: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    shutdown: async () => {
      await Promise.all([meterProvider.shutdown(), traces?.shutdown()]);
    },
  };
}

function metricsOver(provider: MeterProvider, service: string): Metrics {
  const meter = provider.getMeter(service);
  return {
    counter: (name, description) => meter.createCounter(name, { description }),
    histogram: (name, description, buckets) => meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: [...(buckets ?? DURATION_BUCKETS_SECONDS)] } }),
    gauge: (name, description, read) => {
      meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
    },
  };
}

function startTraces(resource: ReturnType<typeof resourceFromAttributes>, endpoint: string, ratio: number): TracerProvider {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }) })],
  });
}

const silentTracing: Tracing = {
  inject: () => undefined,
  span: (_name, _headers, work) => work(),
  traceId: () => undefined,
};

function tracingOver(tracer: Tracer): Tracing {
  return {
    inject() {
      if (trace.getActiveSpan()?.isRecording() !== true) return undefined;
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    },
    span(name, headers, work) {
      const parent = propagation.extract(context.active(), headers);
      return context.with(parent, () =>
        tracer.startActiveSpan(name, async (span) => {
          try {
            return await work();
          } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR });
            throw error;
          } finally {
            span.end();
          }
        }),
      );
    },
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
  };
}
