import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkMetricNames } from './metric-names.js';

const repo = (expression: string) => repositoryOf({ 'apps/x/src/a.ts': "metrics.histogram('symphainy_x_seconds', 'time'); metrics.gauge(`symphainy_x_${name}_total`, 'all');", 'deploy/grafana/dashboards/a.json': JSON.stringify({ expression }) });

describe('metrics of dashboards and alerts', () => {
  it('this repository - each is given by some service', () => {
    expect(checkMetricNames(thisRepository)).toEqual([]);
  });

  it('a histogram’s series - belong to it', () => {
    expect(checkMetricNames(repo('rate(symphainy_x_seconds_bucket[5m])'))).toEqual([]);
  });

  it('a family of names made by a template - belongs to it', () => {
    expect(checkMetricNames(repo('rate(symphainy_x_sent_total[5m])'))).toEqual([]);
    expect(checkMetricNames(repo('rate(symphainy_x_sent[5m])'))).toHaveLength(1);
  });

  it('a metric that was renamed - is found', () => {
    expect(checkMetricNames(repo('rate(symphainy_y_seconds_sum[5m])'))).toEqual(['deploy/grafana/dashboards/a.json: asks for symphainy_y_seconds_sum, which no service gives']);
  });
});
