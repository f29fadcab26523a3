import { boundaries } from '../../boundaries.mjs';
import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkDrivers } from './drivers.js';

const { drivers } = boundaries();
const holding = (dependencies: object, root: object = {}) =>
  repositoryOf({ 'package.json': JSON.stringify({ devDependencies: root }), 'libs/x/package.json': JSON.stringify({ dependencies }), 'libs/x/project.json': '{"name":"hot-redis"}' });

describe('drivers', () => {
  it('this repository - each driver is named by its one project', () => {
    expect(checkDrivers(thisRepository, drivers)).toEqual([]);
  });

  it('a second project with a driver - is found, by name and by scope', () => {
    expect(checkDrivers(holding({ ioredis: '6', pg: '8', '@nats-io/jetstream': '3' }), drivers)).toEqual(['libs/x/package.json: names pg, which belongs to store-postgres and connector-postgres alone', 'libs/x/package.json: names @nats-io/jetstream, which belongs to bus-nats alone']);
  });

  it('a driver at the root, where every project would find it - is found', () => {
    expect(checkDrivers(holding({}, { typeorm: '1' }), drivers)).toEqual(['package.json: names typeorm, which belongs to store-postgres alone']);
  });
});
